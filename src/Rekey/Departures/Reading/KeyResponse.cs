using Rekey.Rotations;
using Rekey.Rotations.Outcomes;

namespace Rekey.Departures.Reading;

/// <summary>What a departure led to for one key and one of its causes, as the ledger has it.</summary>
/// <param name="Rotation">The departure's own rotation, without later ones of the key; null when there is none.</param>
public sealed record KeyResponse(RecordedCause Cause, Rotation? Rotation);
