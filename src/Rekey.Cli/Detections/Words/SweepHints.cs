using Rekey.Detections;

namespace Rekey.Cli.Detections.Words;

/// <summary>Hints at mistakes in the input. A real attack rarely is the larger part of all traffic: a wrong mapping is.</summary>
internal static class SweepHints
{
    /// <summary>One hint for each verdict that more than half of all accesses have.</summary>
    public static IEnumerable<string> Of(SweepResult report) =>
        from verdict in Enum.GetValues<Verdict>()
        where report.Tallies.Of(verdict) is { } tally && tally.Accesses > report.Accesses / 2
        let cause = CauseOf(verdict)
        where cause is not null
        select $"More than half of all accesses are {verdict.Code()}. {cause}";

    private static string? CauseOf(Verdict verdict) =>
        verdict switch
        {
            Verdict.Unissued =>
                "Before you rotate keys, check that --issued and --access cover the same days and issuers, and that --map names "
                    + "the same jti and iss on both sides; --suggest-map lists the columns.",
            Verdict.Altered =>
                "Before you rotate keys, check with --explain <jti> which claims differ. If it is the signing input or aud, the two "
                    + "sides probably write them differently: hashes in another encoding or of another part of the token, or several "
                    + "audiences as one text with a separator. Correct SigningInputSha256 and Aud in --map.",
            Verdict.OutOfWindow =>
                "Before you blame gateways, check the times: local times without an offset are read as UTC, and a wrong unit "
                    + "(seconds, milliseconds) moves them by years. Correct TimeGenerated, IssuedAt and ExpiresAt in "
                    + "--map, or raise --skew.",
            Verdict.RetiredKey =>
                "Before you blame gateways, check that --windows lists every key that was ever trusted, with the same iss and kid "
                    + "as the logs, and the right times.",
            Verdict.Unidentified => "If your logs have the jti under another name, name it in --map; --suggest-map lists the columns.",
            Verdict.Shared => "Before you block tokens, check that SrcIpAddr in --map is the caller's address, not that of a proxy, and "
                + "--max-networks and --max-addresses.",
            _ => null,
        };
}
