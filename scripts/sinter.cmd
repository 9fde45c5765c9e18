@echo off
rem Runs Sinter's command line. Builds it first when that was not done yet; after a change of the sources run
rem "mvn -DskipTests -pl cpu-profile -am package" by hand; with -Pcuda in SINTER_MAVEN_OPTIONS
rem "mvn -DskipTests -Pcuda -pl cuda-profile -am package".
setlocal

set sinter_arguments=%*
set sinter_arguments 2>nul | findstr /c:"--spark" >nul && (
  echo sinter: --spark: expected Linux or macOS, where Spark's own scripts and workers run, found Windows. Run this in WSL. 1>&2
  exit /b 2
)

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

set "known=%build%\environment"
if not exist "%build%\sinter.stamp" (
  where mvn >nul 2>nul || (
    echo sinter: expected Maven 3.8 or newer to build Sinter, found no mvn. Install it and run this again. 1>&2
    exit /b 1
  )
  if exist "%build%\lib" rmdir /s /q "%build%\lib"
  if exist "%build%\classes" rmdir /s /q "%build%\classes"
  if exist "%known%" del "%known%"
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

set "options=-XX:+UseSerialGC -Djava.awt.headless=true -Dslf4j.provider=dev.sinter.cli.Log -Dslf4j.internal.verbosity=WARN"
if %version% GEQ 24 set "options=%options% --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"

rem What natives read once, when they load: the backends know it. Java is asked once for a build and a processor, and its answer is
rem kept beside the build. What is set already stays. bench asks by itself.
set "backend=auto"
echo %* | findstr /c:"--backend" >nul && for %%n in (cuda onednn nd4j reference) do echo %* | findstr /r /c:"--backend[ =]%%n" >nul && set "backend=%%n"
if /i "%~1"=="bench" set "backend=each"
set "processor=%PROCESSOR_IDENTIFIER%, %NUMBER_OF_PROCESSORS% processors"
set "processor=%processor:(=%"
set "processor=%processor:)=%"
set "first="
if exist "%known%" set /p first=<"%known%"
if not "%first%"=="%processor%" (
  >"%known%" echo %processor%
  "%java%" %options% -cp "%build%\lib\*" dev.sinter.bench.Environment >>"%known%" 2>nul || del "%known%"
)
if exist "%known%" for /f "usebackq skip=1 tokens=1,*" %%b in ("%known%") do if "%%b"=="%backend%" call :want %%c

rem OpenBLAS takes an AMD CPU with AVX-512 for an older one. Its kernels for Skylake-X need these instructions; Java tells whether
rem the CPU and the system have them.
if not defined OPENBLAS_CORETYPE echo %PROCESSOR_IDENTIFIER% | findstr /c:"AuthenticAMD" >nul && (
  "%java%" -Xlog:os+cpu -version 2>&1 | findstr /c:"avx512f" | findstr /c:"avx512dq" | findstr /c:"avx512bw" | findstr /c:"avx512vl" | findstr /c:"avx512cd" >nul && set "OPENBLAS_CORETYPE=SKYLAKEX"
)

"%java%" %options% %SINTER_JAVA_OPTIONS% -cp "%build%\lib\*" dev.sinter.cli.Main %*
exit /b %errorlevel%

rem NAME VALUE, or NAME OTHER VALUE (cmd takes the = for a blank): NAME is set, unless it or OTHER is.
:want
if defined %1 exit /b
if "%3"=="" (
  set "%1=%2"
) else (
  if not defined %2 set "%1=%3"
)
exit /b
