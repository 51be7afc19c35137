using Rekey.DuckDb;
using Rekey.Sweeps;

namespace Rekey.Cli.Sweeping;

/// <summary>What one sweep of files is asked for.</summary>
internal sealed record SweepRequest(LogFilesInput Input, DuckDbOptions Engine, SweepParameters Parameters, IReadOnlyList<Detection> Detections);
