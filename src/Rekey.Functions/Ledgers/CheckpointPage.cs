namespace Rekey.Functions.Ledgers;

/// <summary>A page of the signed checkpoints, the newest first.</summary>
/// <param name="Next">The <c>after</c> of the next page; null on the last.</param>
public sealed record CheckpointPage(IEnumerable<CheckpointView> Checkpoints, string? Next);
