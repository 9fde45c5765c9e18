/**
 * What every backend's tests share: the contract, its oracles and its tolerances. Open {@link
 * dev.sinter.testkit.BackendContract} first. Published as the test jar of this module; depends on
 * all of the module but its reference backend.
 */
package dev.sinter.testkit;
