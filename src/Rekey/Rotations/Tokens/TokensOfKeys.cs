using Rekey.Trust;
using Rekey.Trust.History;

namespace Rekey.Rotations.Tokens;

/// <summary>Counts the live tokens of keys by the state of their versions.</summary>
public sealed class TokensOfKeys(ILiveTokens liveTokens, TrustLedger trustLedger, GovernedKeys governedKeys, TimeProvider timeProvider)
{
    private const string NotGoverned = "The key is not governed any more.";

    /// <summary>The tokens that a rotation of these keys would end now. A caller of two keys counts twice.</summary>
    public async Task<LiveTokenCount> OfTrustedAsync(IReadOnlyList<string> keyIds, CancellationToken cancellationToken)
    {
        var history = await trustLedger.ReadAsync(cancellationToken);
        var sum = new LiveTokenCount(0, 0, timeProvider.GetUtcNow(), UnknownBecause: null);
        foreach (var keyId in keyIds)
        {
            var counted = await CountAsync(keyId, [.. history.TrustedOf(keyId).Select(v => v.Version)], cancellationToken);
            if (counted.UnknownBecause is not null)
            {
                return counted;
            }

            sum = new(sum.Tokens + counted.Tokens, sum.Callers + counted.Callers, counted.At, UnknownBecause: null);
        }

        return sum;
    }

    /// <summary>The tokens of a key that have not expired and are refused, since trust in their versions has ended.</summary>
    public async Task<LiveTokenCount> OfEndedAsync(string keyId, CancellationToken cancellationToken)
    {
        var versions = (await trustLedger.ReadAsync(cancellationToken)).VersionsOf(keyId).Where(v => v.TrustEndedAt is not null);
        return await CountAsync(keyId, [.. versions.Select(v => v.Version)], cancellationToken);
    }

    /// <summary>The tokens that these versions of a key signed.</summary>
    public async Task<LiveTokenCount> CountAsync(string keyId, IReadOnlyList<string> versions, CancellationToken cancellationToken) =>
        governedKeys.Keys.FirstOrDefault(k => k.Key.Id == keyId) is { } bound
            ? await liveTokens.CountAsync(bound.Key, versions, cancellationToken)
            : LiveTokenCount.Unknown(timeProvider.GetUtcNow(), NotGoverned);
}
