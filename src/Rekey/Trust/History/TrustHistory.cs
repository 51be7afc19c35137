using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Core.Records;

namespace Rekey.Trust.History;

/// <summary>The sum of the ledger's trust facts. A recorded restriction is never taken back by a later fact.</summary>
public sealed class TrustHistory
{
    private readonly Dictionary<string, Dictionary<string, VersionRecord>> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _baselines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);

    /// <summary>Thumbprints that are revoked for ever, with the time of revocation.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Revoked => _revoked;

    /// <summary>The highest number of a published list on record; 0 when there is none.</summary>
    public long PublishedSequence { get; private set; }

    /// <summary>
    /// The highest list number whose claims about the ledger are void, because the ledger was accepted in spite of it; 0 when it never was.
    /// </summary>
    public long AcceptedSequence { get; private set; }

    /// <summary>The kids of the last published list.</summary>
    public ImmutableHashSet<string> PublishedKids { get; private set; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Whether the key's versions have been reviewed.</summary>
    public bool HasBaseline(string keyId) => _baselines.ContainsKey(keyId);

    /// <summary>
    /// Whether this decision was carried out: every version it names is trusted, and the baseline of at least one key is taken.
    /// </summary>
    public bool WasBaseline(string decision) => _baselines.ContainsValue(decision);

    public bool IsRevoked(string thumbprint) => _revoked.ContainsKey(thumbprint);

    /// <summary>Versions that were ever trusted, including revoked ones, in order of the facts.</summary>
    public IReadOnlyCollection<VersionRecord> VersionsOf(string keyId) => _keys.TryGetValue(keyId, out var versions) ? versions.Values : [];

    /// <summary>Versions that are still trusted.</summary>
    public IEnumerable<VersionRecord> TrustedOf(string keyId) => VersionsOf(keyId).Where(v => !IsRevoked(v.Thumbprint));

    /// <summary>The version that issuers sign with: the last one that became current and may still sign; null for none.</summary>
    public VersionRecord? CurrentOf(string keyId, DateTimeOffset now) =>
        TrustedOf(keyId)
            .Where(v => v.IssuedUntil is null && v.CurrentFrom <= now)
            .OrderBy(v => v.CurrentFrom)
            .ThenBy(v => v.TrustedFrom)
            .LastOrDefault();

    /// <summary>Saves the view in a snapshot.</summary>
    public JsonNode Save() =>
        JsonSerializer.SerializeToNode(
            new Saved(
                _keys.ToDictionary(k => k.Key, k => (IReadOnlyList<VersionRecord>)[.. k.Value.Values], StringComparer.Ordinal),
                _baselines,
                _revoked,
                PublishedSequence,
                AcceptedSequence,
                [.. PublishedKids]
            ),
            RecordJson.Options
        )!;

    /// <summary>Loads the view from a snapshot.</summary>
    public static TrustHistory Load(JsonElement saved)
    {
        var (keys, baselines, bars, sequence, accepted, kids) = saved.Deserialize<Saved>(RecordJson.Options)!;
        var history = new TrustHistory
        {
            PublishedSequence = sequence,
            AcceptedSequence = accepted,
            PublishedKids = [.. kids],
        };
        foreach (var (key, versions) in keys)
        {
            history._keys[key] = versions.ToDictionary(v => v.Version, StringComparer.Ordinal);
        }

        foreach (var (key, decision) in baselines)
        {
            history._baselines[key] = decision;
        }

        foreach (var (thumbprint, at) in bars)
        {
            history._revoked[thumbprint] = at;
        }

        return history;
    }

    private sealed record Saved(
        IReadOnlyDictionary<string, IReadOnlyList<VersionRecord>> Keys,
        IReadOnlyDictionary<string, string> Baselines,
        IReadOnlyDictionary<string, DateTimeOffset> Revoked,
        long Sequence,
        long Accepted,
        IReadOnlyList<string> Kids
    );

    /// <summary>A copy that later facts do not change.</summary>
    public TrustHistory Snapshot()
    {
        var copy = new TrustHistory
        {
            PublishedSequence = PublishedSequence,
            AcceptedSequence = AcceptedSequence,
            PublishedKids = PublishedKids,
        };
        foreach (var (key, versions) in _keys)
        {
            copy._keys[key] = new(versions, StringComparer.Ordinal);
        }

        foreach (var (key, decision) in _baselines)
        {
            copy._baselines[key] = decision;
        }

        foreach (var (thumbprint, at) in _revoked)
        {
            copy._revoked[thumbprint] = at;
        }

        return copy;
    }

    /// <summary>The ids of the keys that ever had a trusted version with this thumbprint.</summary>
    public IEnumerable<string> KeysOf(string thumbprint) =>
        _keys.Where(k => k.Value.Values.Any(v => string.Equals(v.Thumbprint, thumbprint, StringComparison.Ordinal))).Select(k => k.Key);

    /// <summary>Whether another key has a trusted version with this thumbprint: that key was imported here.</summary>
    public bool IsTrustedElsewhere(string keyId, string thumbprint) =>
        !IsRevoked(thumbprint) && KeysOf(thumbprint).Any(k => !string.Equals(k, keyId, StringComparison.Ordinal));

    public VersionRecord? Find(string keyId, string version) => _keys.GetValueOrDefault(keyId)?.GetValueOrDefault(version);

    public void Apply(TrustFact fact)
    {
        switch (fact)
        {
            case BaselineTaken f:
                _baselines[f.KeyId] = f.Decision;
                break;
            case VersionTrusted f:
                Versions(f.KeyId).TryAdd(f.Version, new(f.Version, f.Thumbprint, f.At, f.CurrentFrom, f.Basis));
                break;
            case VersionCurrent f:
                Change(f.KeyId, f.Version, v => v with { CurrentFrom = v.CurrentFrom is { } was && was < f.From ? was : f.From });
                break;
            case IssuanceEnded f:
                Change(f.KeyId, f.Version, v =>
                    v with
                    {
                        IssuedUntil = v.IssuedUntil is { } was && was < f.IssuedUntil ? was : f.IssuedUntil,
                    }
                );
                break;
            case TrustEnded f:
                _revoked.TryAdd(f.Thumbprint, f.At);
                Change(f.KeyId, f.Version, v => v with { TrustEndedAt = v.TrustEndedAt ?? f.At });
                break;
            case LedgerAccepted f:
                AcceptedSequence = Math.Max(AcceptedSequence, f.Sequence);
                break;
            case ListPublished f:
                PublishedSequence = Math.Max(PublishedSequence, f.Sequence);
                PublishedKids = PublishedKids.Except(f.Removed).Union(f.Added);
                break;
        }
    }

    private Dictionary<string, VersionRecord> Versions(string keyId)
    {
        if (!_keys.TryGetValue(keyId, out var versions))
        {
            _keys[keyId] = versions = new(StringComparer.Ordinal);
        }

        return versions;
    }

    private void Change(string keyId, string version, Func<VersionRecord, VersionRecord> change)
    {
        if (_keys.TryGetValue(keyId, out var versions) && versions.TryGetValue(version, out var was))
        {
            versions[version] = change(was);
        }
    }
}
