using Rekey.Departures.Directory;

namespace Rekey.Departures.Reading;

/// <summary>The state of a person's account when a question was read.</summary>
/// <param name="Standing">Null when the directory could not be read.</param>
/// <param name="UnknownBecause">Why it could not be read; null when it could.</param>
/// <param name="ReadAt">When the directory was asked.</param>
public sealed record AccountNow(PersonStanding? Standing, string? UnknownBecause, DateTimeOffset ReadAt);
