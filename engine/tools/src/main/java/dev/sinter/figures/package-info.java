/**
 * Figures: samples, predictions, mistakes, weights, curves, confusion. Open {@link
 * dev.sinter.figures.ModelFigures} first.
 *
 * <p>Each class draws one kind of figure from plain values and returns a {@link
 * java.awt.image.BufferedImage}; {@link dev.sinter.figures.Png} writes it. Drawing needs
 * java.desktop and a font, but no display: start a program without windows with {@code
 * -Djava.awt.headless=true}, as the command line does. Depends on the public API, data and errors;
 * the command line depends on it.
 */
package dev.sinter.figures;
