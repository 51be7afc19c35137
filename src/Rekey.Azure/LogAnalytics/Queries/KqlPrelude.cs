using System.Text;
using Rekey.Detections;
using Rekey.Detections.Sweeps;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>
/// The prelude of a detection's query: the parameters, and the two views limited to the rows to judge. Everything specific to Log
/// Analytics, such as arrival, is here, so that the rest of the query runs on any Kusto engine.
/// </summary>
/// <remarks>
/// A view may be a table, or a function that maps the customer's tables. <c>ingestion_time()</c> is null if a function loses it: such a
/// function must return it in a column <c>ArrivedAt = ingestion_time()</c>. A table without data does not exist: <c>isfuzzy</c> makes it
/// empty.
/// </remarks>
internal static class KqlPrelude
{
    private const string OutlivedTokens = "OutlivedToken";

    private const string IsOutlived = "isnotempty(Jti) and IssuedAt < TimeGenerated - MaxTokenLifetime";

    /// <summary>The arrival time of a row.</summary>
    internal const string Arrival = "coalesce(column_ifexists(\"ArrivedAt\", datetime(null)), ingestion_time())";

    /// <summary>Returns the prelude for the accesses of a batch.</summary>
    /// <param name="earliest">The earliest access of the batch.</param>
    /// <param name="arrivedUntil">The end of measured silence: later than the window's end while issuances continue to arrive.</param>
    public static string OfBatch(
        ArrivalWindow window,
        DateTimeOffset earliest,
        LookBack lookBack,
        DateTimeOffset arrivedUntil,
        SweepParameters parameters,
        KqlPartition partition
    )
    {
        return Parameters(arrivedUntil, parameters)
            + Outlived()
            + Issuances(lookBack, partition)
            + View(
                LogViews.GatewayAccessName,
                LogViews.GatewayAccess,
                ", InBatch:bool",
                Legs(lookBack, lookBack.From, (time, ofOutlived) =>
                    $"""
                        (GatewayAccess
                            | where {time}
                            | extend ArrivedAt = {Arrival}
                            | where ArrivedAt < {KqlText.Of(window.Until)}
                            | project {Casts(
                            LogViews.GatewayAccess
                        )}, InBatch = ArrivedAt >= {KqlText.Of(window.From)} and TimeGenerated >= {KqlText.Of(earliest)}
                            | where isnotempty(Iss){partition.OfTokens}{ofOutlived})
                        """
                )
            );

        string Outlived() =>
            lookBack.OutlivedFrom is null
                ? ""
                : $"""
                    let {OutlivedTokens} = union isfuzzy=true (datatable(Jti:string)[]),
                        (GatewayAccess
                        | where TimeGenerated >= {KqlText.Of(earliest)}
                        | extend ArrivedAt = {Arrival}
                        | where ArrivedAt >= {KqlText.Of(window.From)} and ArrivedAt < {KqlText.Of(window.Until)}
                        | project {Casts(LogViews.GatewayAccess)}
                        | where {IsOutlived}{partition.OfTokens}
                        | distinct Jti);

                    """;
    }

    /// <summary>Returns the prelude for earlier accesses, as if they arrived now.</summary>
    /// <param name="rows">From <see cref="RowsOf"/>.</param>
    public static string OfSightings(
        IEnumerable<string> rows,
        LookBack lookBack,
        DateTimeOffset arrivedUntil,
        SweepParameters parameters,
        KqlPartition partition
    ) =>
        Parameters(arrivedUntil, parameters)
        + $"""
            let {LogViews.GatewayAccessName} = datatable({Schema(LogViews.GatewayAccess)}, InBatch:bool)[
            {string.Join(",\n", rows)}]
                | where isnotempty(Iss){partition.OfTokens};

            """
        + (
            lookBack.OutlivedFrom is null
                ? ""
                : $"let {OutlivedTokens} = {LogViews.GatewayAccessName} | where {IsOutlived} | distinct Jti;\n"
        )
        + Issuances(lookBack, partition);

    /// <summary>Returns the prelude for the last issuance: the issuances since a time, the issuer and the kids.</summary>
    public static string OfIssuer(string iss, IEnumerable<string> kids, DateTimeOffset since) =>
        $"""
            let AskedIss = {KqlText.Of(iss)};
            let AskedKid = datatable(Kid:string)[{string.Join(", ", kids.Select(KqlText.Of))}];

            """ + Issuances(new(since, null), KqlPartition.Whole);

    /// <summary>Converts a sighting to accesses: its first, and its last if that differs.</summary>
    public static string RowsOf(Sighting seen) =>
        seen.FirstSeen == seen.LastSeen ? RowOf(seen, seen.FirstSeen) : RowOf(seen, seen.FirstSeen) + ",\n" + RowOf(seen, seen.LastSeen);

    internal static string Schema(IEnumerable<ViewColumn> columns) => string.Join(", ", columns.Select(c => $"{c.Name}:{c.Type.Kql}"));

    // A workspace's own types are not always the view's: ids come as guid, status codes as int or text, and a union of two types makes two
    // columns. Times are cut to what the other engine counts in: iat and exp to seconds, the rest to microseconds.
    internal static string Casts(IEnumerable<ViewColumn> columns) =>
        string.Join(
            ", ",
            columns.Select(c =>
                c switch
                {
                    { Name: "IssuedAt" or "ExpiresAt" } => $"{c.Name} = bin(todatetime({c.Name}), 1s)",
                    { Type.Kql: "datetime" } => $"{c.Name} = bin(todatetime({c.Name}), 1microsecond)",
                    // Issuers and gateways need not write hexadecimal digits alike: another hash is another token.
                    { Name: "SigningInputSha256" } => $"{c.Name} = tolower(tostring({c.Name}))",
                    // A socket that serves both families writes IPv4 addresses so (RFC 4291 §2.5.5.2): all of them would be one network.
                    { Name: "SrcIpAddr" } =>
                        $"{c.Name} = iff((tostring({c.Name}) startswith_cs \"::ffff:\" or tostring({c.Name}) startswith_cs \"::FFFF:\") "
                            + $"and tostring({c.Name}) contains_cs \".\", substring(tostring({c.Name}), 7), tostring({c.Name}))",
                    _ => $"{c.Name} = to{c.Type.Kql}({c.Name})",
                }
            )
        );

    /// <summary>Defines one view, which is empty if the workspace lacks it.</summary>
    internal static string View(string name, IEnumerable<ViewColumn> columns, string more, string narrowed) =>
        $"""
            let {name} = union isfuzzy=true (datatable({Schema(columns)}{more})[]),
                {narrowed};

            """;

    private static string Issuances(LookBack lookBack, KqlPartition partition) =>
        View(LogViews.TokenIssuanceName, LogViews.TokenIssuance, "", Legs(lookBack, lookBack.IssuedFrom, (time, ofOutlived) => $"""
                    (TokenIssuance
                        | where {time}
                        | project {Casts(LogViews.TokenIssuance)}
                        | where isnotempty(Iss) and isnotempty(Jti){partition.OfTokens}{ofOutlived})
                    """));

    /// <summary>Returns the rows within the joins' look-back, and earlier rows of outlived tokens. It uses a join, because <c>in</c> has
    /// a limit of a million, and a forger chooses the number of tokens.</summary>
    private static string Legs(LookBack lookBack, DateTimeOffset from, Func<string, string, string> rows)
    {
        var all = rows($"TimeGenerated >= {KqlText.Of(from)}", "");
        return lookBack.OutlivedFrom is { } outlived
            ? all
                + ",\n"
                + rows(
                    $"TimeGenerated >= {KqlText.Of(outlived)} and TimeGenerated < {KqlText.Of(from)}",
                    $"\n    | join kind=leftsemi ({OutlivedTokens}) on Jti"
                )
            : all;
    }

    private static string Parameters(DateTimeOffset arrivedUntil, SweepParameters given)
    {
        var windows = given.Windows.Select(w =>
            $"{KqlText.Of(w.Iss)}, {KqlText.Of(w.Kid)}, {KqlText.Of(Cut(w.TrustedFrom))}, {KqlText.Of(Cut(w.IssuedUntil))}, "
            + $"{KqlText.Of(Cut(w.TrustedUntil))}"
        );
        return $"""
            let ClockSkew = {KqlText.Of(given.ClockSkew)};
            let MaxTokenLifetime = {KqlText.Of(given.MaxTokenLifetime)};
            let VerifierCacheTime = {KqlText.Of(given.VerifierCacheTime)};
            let MinSilence = {KqlText.Of(given.MinSilence)};
            let MaxNetworksPerToken = {KqlText.Of(given.MaxNetworksPerToken)};
            let MaxAddressesPerToken = {KqlText.Of(given.MaxAddressesPerToken)};
            let ArrivedUntil = {KqlText.Of(arrivedUntil)};
            let KidWindow = datatable(Iss:string, Kid:string, TrustedFrom:datetime, IssuedUntil:datetime, TrustedUntil:datetime)[
            {string.Join(",\n", windows)}];

            """;
    }

    private static DateTimeOffset? Cut(DateTimeOffset? time) => time?.AddTicks(-(time.Value.Ticks % TimeSpan.TicksPerMicrosecond));

    private static string RowOf(Sighting seen, DateTimeOffset at)
    {
        var row = new StringBuilder();
        foreach (var column in LogViews.GatewayAccess)
        {
            row.Append(
                    column.Name switch
                    {
                        "TimeGenerated" => KqlText.Of(at),
                        "Iss" => KqlText.Of(seen.Token.Iss),
                        "Jti" => KqlText.Of(seen.Token.Jti),
                        "Kid" => KqlText.Of(seen.Token.Kid),
                        "Sub" => KqlText.Of(seen.Token.Sub),
                        "Aud" => KqlText.Of(seen.Token.Aud),
                        "IssuedAt" => KqlText.Of(seen.Token.IssuedAt),
                        "ExpiresAt" => KqlText.Of(seen.Token.ExpiresAt),
                        "SigningInputSha256" => KqlText.Of(seen.Token.SigningInputSha256),
                        "KeyThumbprint" => KqlText.Of(seen.Token.KeyThumbprint),
                        "SignatureVerified" => KqlText.Of(seen.Token.SignatureVerified),
                        "SrcIpAddr" => KqlText.Of(seen.SrcIpAddr),
                        // What a sighting does not keep.
                        _ when column.Type == ColumnType.Number => "long(null)",
                        _ => "\"\"",
                    }
                )
                .Append(", ");
        }

        return row.Append("true").ToString();
    }
}
