using System.Net;
using Rekey.Detections.Samples.Stories;
using Rekey.Detections.Sweeps;

namespace Rekey.Detections.Samples;

/// <summary>
/// The definitions of <c>src/Rekey/Detections/Queries/README.md</c>, word for word, over everything that is known of one token: what the
/// queries are measured against. All accesses count as one batch.
/// </summary>
internal sealed class VerdictDefinitions
{
    private readonly SweepParameters _parameters;
    private readonly HashSet<string> _issuersWithWindows;
    private readonly ILookup<(string Iss, string Kid), KidWindow> _windows;

    public VerdictDefinitions(SweepParameters parameters)
    {
        _parameters = parameters;
        _issuersWithWindows = [.. parameters.Windows.Select(w => w.Iss)];
        _windows = parameters.Windows.ToLookup(w => (w.Iss, w.Kid));
    }

    public IReadOnlyList<Sighting> Judge(TokenStory story)
    {
        var judged = new List<(Verdict Verdict, AccessLine Access)>();
        var accesses = new List<AccessLine>(story.Accesses.Count);
        foreach (var line in story.Accesses)
        {
            var access = Normal(line);
            accesses.Add(access);
            if (OfIssuance(access.Token, story.Issuances) is { } verdict)
            {
                judged.Add((verdict, access));
            }

            if (IsOutOfWindow(access))
            {
                judged.Add((Verdict.OutOfWindow, access));
            }

            if (OfKey(access, story.Issuances) is { } ofKey)
            {
                judged.Add((ofKey, access));
            }
        }

        judged.AddRange(Shared(accesses).Select(a => (Verdict.Shared, a)));
        return judged.Count == 0 ? [] : [.. judged.GroupBy(j => (j.Verdict, j.Access.Token, j.Access.SrcIpAddr)).Select(ToSighting)];
    }

    private static Sighting ToSighting(
        IGrouping<(Verdict Verdict, PresentedToken Token, string? SrcIpAddr), (Verdict Verdict, AccessLine Access)> rows
    ) =>
        new(
            rows.Key.Verdict,
            rows.Key.Token,
            Canonical(rows.Key.SrcIpAddr),
            rows.Min(j => j.Access.TimeGenerated),
            rows.Max(j => j.Access.TimeGenerated),
            rows.Select(j =>
                    (j.Access.TimeGenerated, Text(j.Access.UserAgent), Text(j.Access.Path), j.Access.StatusCode, Text(j.Access.Gateway))
                )
                .Distinct()
                .Count()
        );

    /// <summary>The text of RFC 5952, which engines give an address, however a log writes it.</summary>
    private static string? Canonical(string? address) => IPAddress.TryParse(address, out var read) ? read.ToString() : address;

    private static Verdict? OfIssuance(PresentedToken token, IReadOnlyList<IssuanceLine> issuances) =>
        token.Jti is null ? Verdict.Unidentified
        : issuances.Count == 0 ? Verdict.Unissued
        : issuances.Any(i => Fits(i, token)) ? null
        : Verdict.Altered;

    private bool IsOutOfWindow(AccessLine access) =>
        access.TimeGenerated < access.Token.IssuedAt - _parameters.ClockSkew
        || access.TimeGenerated > access.Token.ExpiresAt + _parameters.ClockSkew;

    private Verdict? OfKey(AccessLine access, IReadOnlyList<IssuanceLine> issuances)
    {
        var (token, time) = (access.Token, access.TimeGenerated);
        if (!_issuersWithWindows.Contains(token.Iss))
        {
            return null;
        }

        // A token without a kid has no window.
        var windows = _windows[(token.Iss, token.Kid ?? "")];
        if (windows.Any(w => !(time < w.TrustedFrom - _parameters.ClockSkew || time >= w.TrustedUntil || token.IssuedAt > w.IssuedUntil)))
        {
            return null;
        }

        return
            token.Jti is not null
            && issuances.Count > 0
            && windows.Any(w =>
                w.TrustedUntil <= time
                && time < w.TrustedUntil + _parameters.VerifierCacheTime
                && time >= w.TrustedFrom - _parameters.ClockSkew
                && !(w.IssuedUntil < token.IssuedAt)
            )
            ? Verdict.VerifierLag
            : Verdict.RetiredKey;
    }

    private static bool Fits(IssuanceLine issuance, PresentedToken token)
    {
        if (Text(issuance.SigningInputSha256) is { } issued && token.SigningInputSha256 is { } presented)
        {
            return issued == presented;
        }

        return Same(issuance.Kid, token.Kid)
            && Same(issuance.Sub, token.Sub)
            && Same(issuance.Aud, token.Aud)
            && Same(issuance.IssuedAt, token.IssuedAt)
            && Same(issuance.ExpiresAt, token.ExpiresAt);
    }

    private static bool Same(string? one, string? other) => Text(one) is null || Text(other) is null || one == other;

    private static bool Same(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other is null || one.Value.ToUnixTimeSeconds() == other.Value.ToUnixTimeSeconds();

    /// <summary>Every access of each (<c>iss</c>, <c>jti</c>, hash) that came from too many places.</summary>
    private IEnumerable<AccessLine> Shared(List<AccessLine> accesses)
    {
        // Fewer accesses than places that are allowed cannot be too many.
        if (accesses.Count <= Math.Min(_parameters.MaxNetworksPerToken, _parameters.MaxAddressesPerToken))
        {
            return [];
        }

        return accesses
            .Where(a => a.Token.Jti is not null)
            .GroupBy(a => a.Token.SigningInputSha256)
            .Where(group =>
            {
                var addresses = group.Select(a => a.SrcIpAddr).OfType<string>().Distinct().ToList();
                return addresses.Count > _parameters.MaxAddressesPerToken
                    || addresses.Select(AddressNetwork.Of).Distinct().Count() > _parameters.MaxNetworksPerToken;
            })
            .SelectMany(group => group);
    }

    private static AccessLine Normal(AccessLine line)
    {
        var token = line.Token;
        return
            IsEmpty(token.Jti)
            || IsEmpty(token.Kid)
            || IsEmpty(token.Sub)
            || IsEmpty(token.Aud)
            || IsEmpty(token.SigningInputSha256)
            || IsEmpty(token.KeyThumbprint)
            || IsEmpty(line.SrcIpAddr)
            ? line with
            {
                SrcIpAddr = Text(line.SrcIpAddr),
                Token = token with
                {
                    Jti = Text(token.Jti),
                    Kid = Text(token.Kid),
                    Sub = Text(token.Sub),
                    Aud = Text(token.Aud),
                    SigningInputSha256 = Text(token.SigningInputSha256),
                    KeyThumbprint = Text(token.KeyThumbprint),
                },
            }
            : line;
    }

    private static bool IsEmpty(string? text) => text is { Length: 0 };

    /// <summary>An empty text and a missing one are the same.</summary>
    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
