/**
 * Records what a device computes, launch by launch with its memory, in one file, and replays the
 * file on the simulated device: open {@link dev.sinter.cuda.record.RecordingPlatform} first. May
 * use the interface to a GPU and the simulated device, not the backend.
 */
package dev.sinter.cuda.record;
