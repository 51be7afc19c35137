namespace Rekey.Decisions.Record;

/// <summary>A person who came back after a departure, on record.</summary>
/// <param name="Epoch">The departure that ended so; only a later one means that the person is gone again.</param>
/// <param name="GoneAgainAt">When the person was gone again; null while they are back.</param>
public sealed record RecordedReturn(int Epoch, DateTimeOffset? GoneAgainAt);
