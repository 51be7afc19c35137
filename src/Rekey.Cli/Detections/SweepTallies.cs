using Rekey.Detections;
using Rekey.Detections.Campaigns;
using Rekey.Detections.Sweeps;
using Rekey.Findings;

namespace Rekey.Cli.Detections;

/// <summary>Counts everything that one sweep saw.</summary>
/// <param name="windows">
/// Defines which issuers are governed, and which kids were ever trusted. If empty, all count as governed and trusted.
/// </param>
internal sealed class SweepTallies(IReadOnlyList<KidWindow> windows)
{
    private readonly HashSet<string> _governed = windows.Select(w => w.Iss).ToHashSet(StringComparer.Ordinal);
    private readonly HashSet<(string Iss, string? Kid)> _trusted = [.. windows.Select(w => (w.Iss, w.Kid))];
    private readonly Dictionary<Verdict, Tally> _verdicts = [];
    private readonly Dictionary<string, Campaign> _campaigns = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Iss, string? Kid), Tally> _forged = [];

    /// <summary>The tokens that look forged and may have been issued: a gap, or what could not be read, may explain them.</summary>
    public Tally Unsure { get; } = new();

    /// <summary>Whether the sweep ends with exit code 2.</summary>
    public bool FoundForgery => _forged.Count > 0;

    public IReadOnlyList<Campaign> Campaigns =>
        [
            .. _campaigns
                .Values.OrderByDescending(c => c.Severity)
                .ThenBy(c => c.Of.Verdict)
                .ThenByDescending(c => c.Tally.Tokens)
                .ThenBy(c => c.Of.Iss, StringComparer.Ordinal)
                .ThenBy(c => c.Of.Kid, StringComparer.Ordinal),
        ];

    /// <summary>One assessment for each key that signed forged tokens, the worst first.</summary>
    /// <param name="trustEndedAt">When the trust in a kid of an issuer ended; null if it is still trusted, or if unknown.</param>
    public IReadOnlyList<Damage> Damages(Func<string, string?, DateTimeOffset?> trustEndedAt) =>
        [
            .. _forged
                .OrderByDescending(f => f.Value.Tokens)
                .ThenBy(f => f.Key.Iss, StringComparer.Ordinal)
                .ThenBy(f => f.Key.Kid, StringComparer.Ordinal)
                .Select(f => Damage.Of(f.Key.Iss, f.Key.Kid, f.Value, trustEndedAt(f.Key.Iss, f.Key.Kid))),
        ];

    public Tally? Of(Verdict verdict) => _verdicts.GetValueOrDefault(verdict);

    /// <param name="isNew">False if another detection already found it: it is not counted again, and the higher severity applies.</param>
    public void Add(Sighting sighting, Severity severity, bool isNew)
    {
        var of = TokenCampaign.Of(
            sighting,
            sighting.Verdict.Code(),
            iss => _governed.Count == 0 || _governed.Contains(iss),
            (iss, kid) => _trusted.Count == 0 || _trusted.Contains((iss, kid))
        );
        var campaign = _campaigns.GetValueOrDefault(of.Id) ?? new(of, severity, new());
        _campaigns[of.Id] = campaign with { Severity = campaign.Severity > severity ? campaign.Severity : severity };
        if (!isNew)
        {
            return;
        }

        campaign.Tally.Add(sighting);
        For(_verdicts, sighting.Verdict).Add(sighting);
        if (sighting.IsUnsure)
        {
            Unsure.Add(sighting);
        }
        else if (sighting.Verdict.IsForgery())
        {
            For(_forged, (sighting.Token.Iss, sighting.Token.Kid)).Add(sighting);
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
