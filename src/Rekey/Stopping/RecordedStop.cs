using System.Globalization;

namespace Rekey.Stopping;

/// <summary>A stop on record in the ledger.</summary>
/// <param name="Number">The number of the stop, from 1.</param>
/// <param name="By">Object id of the operator.</param>
/// <param name="At">When the ledger took it.</param>
public sealed record RecordedStop(int Number, string By, DateTimeOffset At)
{
    /// <summary>The subject of its lines and of the decision that ends it.</summary>
    public string About => AboutOf(Number);

    /// <summary>The subject of the stop with this number.</summary>
    internal static string AboutOf(int number) => string.Create(CultureInfo.InvariantCulture, $"stop/{number}");
}
