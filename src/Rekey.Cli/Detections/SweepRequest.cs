using Rekey.Detections;
using Rekey.Detections.Sweeps;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;

namespace Rekey.Cli.Detections;

/// <summary>What one sweep of files is asked for.</summary>
internal sealed record SweepRequest(
    LogFilesInput Input,
    DuckDbOptions Engine,
    SweepParameters Parameters,
    IReadOnlyList<Detection> Detections
);
