namespace Rekey.Cli.Commands.Ledgers;

/// <summary>What the folder of an export has.</summary>
/// <param name="Segments">The number of its segments.</param>
/// <param name="Checkpoints">The number of its checkpoints and acceptances.</param>
/// <param name="NewBytes">How many bytes of segments this run added.</param>
internal sealed record LedgerDownloaded(int Segments, int Checkpoints, long NewBytes);
