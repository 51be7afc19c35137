using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Detections;

/// <summary>The input and parameters of one sweep of files.</summary>
internal sealed record SweepRequest(
    LogFilesInput Input,
    DuckDbOptions Engine,
    SweepParameters Parameters,
    IReadOnlyList<Detection> Detections
);
