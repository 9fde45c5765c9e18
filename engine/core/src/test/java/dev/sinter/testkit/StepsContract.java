package dev.sinter.testkit;

/** The {@link BackendContract} without its many formulas of elements. */
public abstract class StepsContract extends OpenedBackend
    implements GatherContract,
        DenseContract,
        LossContract,
        MetricContract,
        ReduceContract,
        ReshapeContract,
        ColumnsContract,
        WindowContract,
        WeightsContract,
        RandomContract,
        StateContract,
        UpdateContract,
        ChunkContract,
        SessionContract {}
