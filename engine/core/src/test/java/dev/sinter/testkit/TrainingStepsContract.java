package dev.sinter.testkit;

/** The part of the {@link BackendContract} that runs whole training steps. */
public abstract class TrainingStepsContract extends OpenedBackend
    implements StateContract, UpdateContract, ChunkContract, SessionContract {}
