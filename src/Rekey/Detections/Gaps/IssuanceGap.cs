using Rekey.Core;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Gaps;

/// <summary>A gap in the log of one instance of an issuer. Tokens whose <c>iat</c> lies in it may have been issued without a
/// line.</summary>
/// <param name="IssuerInstance">Empty if the issuer names no instance; <see cref="WholeIssuer"/> if none of its instances logs;
/// <see cref="OfFile"/> if a file cannot be read.</param>
/// <param name="From">The time of the last line before the gap. For a whole issuer that is unknown: it is the earliest time at which the
/// first accepted token can have been issued.</param>
/// <param name="To">The time of the first line after it; null while the instance is silent.</param>
/// <param name="Missing">The number of missing lines by sequence number; null if the log has no sequence numbers.</param>
public sealed record IssuanceGap(string Iss, string IssuerInstance, DateTimeOffset From, DateTimeOffset? To, long? Missing)
{
    /// <summary>The instance name that stands for all instances of an issuer.</summary>
    public const string WholeIssuer = "*";

    private const string FilePrefix = "file ";

    /// <summary>The instance name that stands for a log file of which a part cannot be read.</summary>
    public static string OfFile(string file) => FilePrefix + file;

    /// <summary>Whether the instance stands for a file.</summary>
    public static bool IsFile(string instance) => instance.StartsWith(FilePrefix, StringComparison.Ordinal);

    /// <summary>The id, derived from its start: it is the same gap while it lasts.</summary>
    public string Id => StableId.Of("issuance-gap", Iss, IssuerInstance, From.ToString("O"));

    /// <summary>
    /// Whether a token of this issuer and <c>iat</c> may have been issued in the gap. A forger chooses <c>iat</c>, but a legitimate token
    /// is issued before its use, by at most its lifetime. So only gaps of that time can explain a token, even one without <c>iat</c>.
    /// </summary>
    public bool MayHide(PresentedToken token, DateTimeOffset firstSeen, TimeSpan maxTokenLifetime, TimeSpan skew)
    {
        var (earliest, latest) = (firstSeen - maxTokenLifetime - skew, firstSeen + skew);
        return string.Equals(Iss, token.Iss, StringComparison.Ordinal)
            && From <= latest
            && !(To < earliest)
            && (token.IssuedAt is not { } iat || (iat >= earliest && iat <= latest && iat >= From - skew && !(To + skew < iat)));
    }

    /// <summary>Whether the issuance of a sighted token may be missing from the log because of the gap. Never for a verdict that an
    /// issuance does not explain.</summary>
    public bool MayHide(Sighting seen, SweepParameters parameters) =>
        seen.Verdict.MayBeHidden() && MayHide(seen.Token, seen.FirstSeen, parameters.MaxTokenLifetime, parameters.ClockSkew);

    /// <summary>Returns the sighting, marked as unsure if one of the gaps may hide its issuance.</summary>
    public static Sighting Weigh(Sighting seen, IEnumerable<IssuanceGap> gaps, SweepParameters parameters) =>
        !seen.IsUnsure && gaps.Any(g => g.MayHide(seen, parameters)) ? seen with { IsUnsure = true } : seen;
}
