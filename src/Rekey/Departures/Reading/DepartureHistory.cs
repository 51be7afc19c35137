namespace Rekey.Departures.Reading;

/// <summary>A departure with the rotations that it ordered. Once a rotation has ended, its part never changes.</summary>
public sealed record DepartureHistory(Departure Departure, IReadOnlyList<ExposedKey> Keys)
{
    /// <summary>Whether it was assessed and no governed key was exposed.</summary>
    public bool IsNothingExposed => Departure.AssessedAt is not null && Keys.Count == 0;
}
