using System.Globalization;

namespace Rekey.Compliance;

/// <summary>
/// The name of a checkpoint's blob or file. It begins with <c>999999999999</c> less the count of lines, and ends with the count, such as
/// <c>999999999957-42.jwt</c>. A container lists by name, so the newest comes first.
/// An acceptance has the id of its decision: <c>accepted-xRk3….jwt</c>.
/// </summary>
public static class CheckpointName
{
    /// <summary>How the name of an acceptance begins. It sorts behind every checkpoint.</summary>
    public const string AcceptancePrefix = "accepted-";

    private const long MostLines = 999_999_999_999;

    /// <summary>The name of the checkpoint at that count of lines.</summary>
    public static string Of(long lines) => string.Create(CultureInfo.InvariantCulture, $"{MostLines - lines:D12}-{lines}.jwt");

    /// <summary>The name of the acceptance by that decision.</summary>
    public static string OfAcceptance(string decision) => $"{AcceptancePrefix}{decision}.jwt";

    /// <summary>The id of the decision in the name of an acceptance; null when it is no acceptance's name.</summary>
    public static string? DecisionOf(string name) => IsAcceptance(name) ? name[AcceptancePrefix.Length..^".jwt".Length] : null;

    /// <summary>Whether an acceptance has this name.</summary>
    public static bool IsAcceptance(string name) =>
        name.StartsWith(AcceptancePrefix, StringComparison.Ordinal) && name.EndsWith(".jwt", StringComparison.Ordinal);

    /// <summary>The count of lines of the checkpoint with this name; null when it is no checkpoint's name.</summary>
    public static long? LinesOf(string name) =>
        name.Length > 17
        && long.TryParse(name.AsSpan()[13..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var lines)
        && string.Equals(name, Of(lines), StringComparison.Ordinal)
            ? lines
            : null;
}
