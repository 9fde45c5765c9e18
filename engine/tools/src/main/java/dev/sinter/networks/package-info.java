/**
 * Networks that a user describes in a YAML file, and the data that they name: open {@link
 * dev.sinter.networks.NetworkFile} first. What the file may say is in {@link
 * dev.sinter.networks.LayerEntries} and its neighbours, one entry for each layer, optimizer, loss,
 * metric and callback. Depends on the public API, datasets and tables; the command line depends on
 * it.
 */
package dev.sinter.networks;
