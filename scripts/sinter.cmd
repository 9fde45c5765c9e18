@echo off
rem Runs Sinter's command line. Builds it first when that was not done yet; after a change of the sources run
rem "mvn -DskipTests -pl cpu-profile -am package" by hand; with -Pcuda in SINTER_MAVEN_OPTIONS
rem "mvn -DskipTests -Pcuda -pl cuda-profile -am package".
setlocal

for %%d in ("%~dp0..") do set "root=%%~fd"
set "module=cpu-profile"
echo %SINTER_MAVEN_OPTIONS% | findstr /c:"-Pcuda" /c:"-P cuda" /c:",cuda" >nul && set "module=cuda-profile"
set "build=%root%\%module%\target"

set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
set "version="
for /f "tokens=2 delims=^= " %%v in ('call "%java%" -XshowSettings:properties -version 2^>^&1 ^| findstr /c:"java.specification.version"') do set "version=%%v"
if not defined version (
  echo sinter: expected a JDK 17 or newer, found no java. Install one, or set JAVA_HOME. 1>&2
  exit /b 1
)
if "%version:~0,2%"=="1." set "version=1"
if %version% LSS 17 (
  echo sinter: expected Java 17 or newer, found %version%. Set JAVA_HOME to a newer JDK. 1>&2
  exit /b 1
)

if not exist "%build%\sinter.stamp" (
  where mvn >nul 2>nul || (
    echo sinter: expected Maven 3.8 or newer to build Sinter, found no mvn. Install it and run this again. 1>&2
    exit /b 1
  )
  if exist "%build%\lib" rmdir /s /q "%build%\lib"
  echo sinter: building ^(a few minutes the first time: the libraries are downloaded^) 1>&2
  pushd "%root%"
  call mvn -B -q -DskipTests %SINTER_MAVEN_OPTIONS% -pl %module% -am package 1>&2
  if errorlevel 1 (
    popd
    echo sinter: the build failed; its output stands above. 1>&2
    exit /b 1
  )
  popd
  type nul > "%build%\sinter.stamp"
)

rem Read once, when the natives load. nd4j runs two thread pools, OpenBLAS's and its own, on the same cores: neither may spin.
rem onednn has one, which wakes faster when it spins: the default. bench sets it itself.
if /i not "%~1"=="bench" echo %* | findstr /r /c:"--backend[ =]nd4j" >nul && if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
if not defined OPENBLAS_THREAD_TIMEOUT set "OPENBLAS_THREAD_TIMEOUT=4"

rem OpenBLAS takes an AMD CPU with AVX-512 for an older one. Its kernels for Skylake-X need these instructions; Java tells whether
rem the CPU and the system have them.
if not defined OPENBLAS_CORETYPE echo %PROCESSOR_IDENTIFIER% | findstr /c:"AuthenticAMD" >nul && (
  "%java%" -Xlog:os+cpu -version 2>&1 | findstr /c:"avx512f" | findstr /c:"avx512dq" | findstr /c:"avx512bw" | findstr /c:"avx512vl" | findstr /c:"avx512cd" >nul && set "OPENBLAS_CORETYPE=SKYLAKEX"
)

set "options=-XX:+UseSerialGC -Djava.awt.headless=true -Dlogback.configurationFile=sinter-logback.xml"
if %version% GEQ 24 set "options=%options% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
"%java%" %options% %SINTER_JAVA_OPTIONS% -cp "%build%\lib\*" dev.sinter.cli.Main %*
exit /b %errorlevel%
