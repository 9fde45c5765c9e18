/**
 * Shared by the tests of all backends: the contract, its oracles and its tolerances. Open {@link
 * dev.sinter.testkit.BackendContract} first. Published as the test jar of this module; depends on
 * the whole module except its reference backend.
 */
package dev.sinter.testkit;
