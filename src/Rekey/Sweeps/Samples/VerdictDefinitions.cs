namespace Rekey.Sweeps.Samples;

/// <summary>
/// The definitions of <c>detections/README.md</c>, word for word, over everything that is known of one token: what the queries are measured against. All accesses count as one batch.
/// </summary>
public static class VerdictDefinitions
{
    public static IReadOnlyList<Sighting> Judge(TokenStory story, SweepParameters parameters)
    {
        var accesses = story.Accesses.Select(a => a with { Token = Normal(a.Token), SrcIpAddr = Text(a.SrcIpAddr) }).ToList();
        var judged = accesses.SelectMany(a => Of(a, story.Issuances, parameters).Select(v => (Verdict: v, Access: a)))
            .Concat(accesses.Where(a => a.Token.Jti is not null).GroupBy(a => a.Token.SigningInputSha256).Where(g => IsShared(g, parameters)).SelectMany(g => g).Select(a => (Verdict: Verdict.Shared, Access: a)));
        return
        [
            .. judged.GroupBy(j => (j.Verdict, j.Access.Token, j.Access.SrcIpAddr)).Select(g => new Sighting(g.Key.Verdict, g.Key.Token, g.Key.SrcIpAddr, g.Min(j => j.Access.TimeGenerated), g.Max(j => j.Access.TimeGenerated),
                g.Select(j => (j.Access.TimeGenerated, Text(j.Access.UserAgent), Text(j.Access.Path), j.Access.StatusCode, Text(j.Access.Gateway))).Distinct().Count())),
        ];
    }

    private static IEnumerable<Verdict> Of(AccessLine access, IReadOnlyList<IssuanceLine> issuances, SweepParameters parameters)
    {
        var (token, time) = (access.Token, access.TimeGenerated);
        var isIssued = token.Jti is not null && issuances.Count > 0;
        if (token.Jti is null)
        {
            yield return Verdict.Unidentified;
        }
        else if (!isIssued)
        {
            yield return Verdict.Unissued;
        }
        else if (!issuances.Any(i => Fits(i, token)))
        {
            yield return Verdict.Altered;
        }

        if (time < token.IssuedAt - parameters.ClockSkew || time > token.ExpiresAt + parameters.ClockSkew)
        {
            yield return Verdict.OutOfWindow;
        }

        var windows = parameters.Windows.Where(w => w.Iss == token.Iss).ToList();
        var ofKid = windows.Where(w => w.Kid == token.Kid).ToList();
        if (windows.Count > 0 && ofKid.TrueForAll(w => time < w.TrustedFrom - parameters.ClockSkew || time >= w.TrustedUntil || token.IssuedAt > w.IssuedUntil))
        {
            yield return isIssued && ofKid.Exists(w => w.TrustedUntil <= time && time < w.TrustedUntil + parameters.VerifierCacheTime && time >= w.TrustedFrom - parameters.ClockSkew && !(w.IssuedUntil < token.IssuedAt))
                ? Verdict.VerifierLag
                : Verdict.RetiredKey;
        }
    }

    private static bool Fits(IssuanceLine issuance, PresentedToken token)
    {
        if (Text(issuance.SigningInputSha256) is { } issued && token.SigningInputSha256 is { } presented)
        {
            return issued == presented;
        }

        return Same(issuance.Kid, token.Kid) && Same(issuance.Sub, token.Sub) && Same(issuance.Aud, token.Aud) && Same(issuance.IssuedAt, token.IssuedAt) && Same(issuance.ExpiresAt, token.ExpiresAt);
    }

    private static bool Same(string? one, string? other) => Text(one) is null || Text(other) is null || one == other;

    private static bool Same(DateTimeOffset? one, DateTimeOffset? other) => one is null || other is null || one.Value.ToUnixTimeSeconds() == other.Value.ToUnixTimeSeconds();

    private static bool IsShared(IEnumerable<AccessLine> accesses, SweepParameters parameters)
    {
        var addresses = accesses.Select(a => a.SrcIpAddr).OfType<string>().Distinct().ToList();
        return addresses.Count > parameters.MaxAddressesPerToken || addresses.Select(AddressNetwork.Of).Distinct().Count() > parameters.MaxNetworksPerToken;
    }

    private static PresentedToken Normal(PresentedToken token) => token with
    {
        Jti = Text(token.Jti), Kid = Text(token.Kid), Sub = Text(token.Sub), Aud = Text(token.Aud), SigningInputSha256 = Text(token.SigningInputSha256), KeyThumbprint = Text(token.KeyThumbprint),
    };

    /// <summary>An empty text and a missing one are the same.</summary>
    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
