/**
 * A page on this machine that shows runs while and after they are trained. Open {@link
 * dev.sinter.dashboard.Dashboard} first, then {@code Site}: which address gives what.
 *
 * <p>Needs the JDK's module jdk.httpserver and Jackson. The page itself is among the resources:
 * HTML, CSS and scripts as they are served. Depends on runs, recipes, figures and the public API;
 * the command line depends on it.
 */
package dev.sinter.dashboard;
