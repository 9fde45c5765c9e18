/**
 * A page with runs on this machine, during and after training. Open {@link
 * dev.sinter.dashboard.Dashboard} first, then {@code Routes}, the addresses.
 *
 * <p>Needs the JDK module jdk.httpserver and Jackson. The resources contain the page: HTML, CSS and
 * scripts. Depends on runs, recipes, figures and the public API; the command line depends on it.
 */
package dev.sinter.dashboard;
