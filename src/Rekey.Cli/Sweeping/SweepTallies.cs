using Rekey.Findings;
using Rekey.Sweeps;
using Rekey.Sweeps.Samples;

namespace Rekey.Cli.Sweeping;

/// <summary>Tokens that belong together: one verdict, one issuer, one kid.</summary>
/// <param name="Severity">Of the detection that found it; the highest, where several did.</param>
internal sealed record Campaign(Verdict Verdict, string Iss, string? Kid, Severity Severity, Tally Tally)
{
    /// <summary>A function of what it is about, and the same that the function app's sweep gives it.</summary>
    public string FindingId => StableId.Of("finding", $"tokens-{Verdict.Code()}", $"{Iss}, kid {Kid}");
}

/// <summary>Everything that one sweep saw, in counts.</summary>
internal sealed class SweepTallies
{
    private readonly Dictionary<Verdict, Tally> _verdicts = [];
    private readonly Dictionary<(Verdict, string, string?), (Tally Tally, Severity Severity)> _campaigns = [];
    private readonly Dictionary<(string Iss, string? Kid), Tally> _forged = [];

    /// <summary>What makes a sweep end with exit code 2.</summary>
    public bool FoundForgery => _forged.Count > 0;

    public IReadOnlyList<Campaign> Campaigns =>
    [
        .. _campaigns.Select(c => new Campaign(c.Key.Item1, c.Key.Item2, c.Key.Item3, c.Value.Severity, c.Value.Tally))
            .OrderByDescending(c => c.Severity).ThenBy(c => c.Verdict).ThenByDescending(c => c.Tally.Tokens).ThenBy(c => c.Iss, StringComparer.Ordinal).ThenBy(c => c.Kid, StringComparer.Ordinal),
    ];

    /// <summary>One for each key that signed something forged, the worst first.</summary>
    /// <param name="trustEndedAt">When the trust of a kid of an issuer ended; null while it is trusted or where that is not known.</param>
    public IReadOnlyList<Damage> Damages(Func<string, string?, DateTimeOffset?> trustEndedAt) =>
        [.. _forged.OrderByDescending(f => f.Value.Tokens).ThenBy(f => f.Key.Iss, StringComparer.Ordinal).ThenBy(f => f.Key.Kid, StringComparer.Ordinal).Select(f => f.Value.ToDamage(f.Key.Iss, f.Key.Kid, trustEndedAt(f.Key.Iss, f.Key.Kid)))];

    public Tally? Of(Verdict verdict) => _verdicts.GetValueOrDefault(verdict);

    /// <param name="isNew">False when another detection has found it already: then it counts no more, and the higher severity stands.</param>
    public void Add(Sighting sighting, Severity severity, bool isNew)
    {
        var (iss, kid) = (sighting.Token.Iss, sighting.Token.Kid);
        var (tally, highest) = _campaigns.TryGetValue((sighting.Verdict, iss, kid), out var known) ? known : (new Tally(), severity);
        _campaigns[(sighting.Verdict, iss, kid)] = (tally, highest > severity ? highest : severity);
        if (!isNew)
        {
            return;
        }

        tally.Add(sighting);
        For(_verdicts, sighting.Verdict).Add(sighting);
        if (sighting.Verdict.IsForgery())
        {
            For(_forged, (iss, kid)).Add(sighting);
        }
    }

    private static Tally For<TKey>(Dictionary<TKey, Tally> tallies, TKey key)
        where TKey : notnull
    {
        if (!tallies.TryGetValue(key, out var tally))
        {
            tallies[key] = tally = new();
        }

        return tally;
    }
}
