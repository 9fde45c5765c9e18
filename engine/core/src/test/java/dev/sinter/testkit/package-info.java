/** Helpers for the tests of every module. Open {@link dev.sinter.testkit.TestData} first. */
package dev.sinter.testkit;
