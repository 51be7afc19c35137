using System.Text;
using Rekey.Detections;
using Rekey.Detections.Accesses;
using Rekey.Detections.Sweeps;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>
/// The prelude of a detection's query: the parameters, and the two views limited to the rows to judge. Everything specific to Log
/// Analytics, such as arrival, is here and in <see cref="WorkspaceRows"/>, so that the rest of the query runs on any Kusto engine.
/// </summary>
/// <remarks>
/// A view may be a table, or a function that maps the customer's tables. <c>ingestion_time()</c> is null if a function loses it: such a
/// function must return it in a column <c>ArrivedAt = ingestion_time()</c>. A table without data does not exist: <c>isfuzzy</c> makes it
/// empty. No name here is that of a table or function of the workspace: <c>isfuzzy</c> would hide it, and then find nothing.
/// </remarks>
internal static class KqlPrelude
{
    /// <summary>The accesses that detections read.</summary>
    public const string LoggedAccess = nameof(LoggedAccess);

    /// <summary>The issuances that detections read.</summary>
    public const string LoggedIssuance = nameof(LoggedIssuance);

    private const string OutlivedTokens = "OutlivedToken";

    // A token without iat, used at an unknown time, may be as old as that of an expired one.
    private const string IsOutlived =
        $"isnotempty(Jti) and (IssuedAt < TimeGenerated - MaxTokenLifetime or (isnull(IssuedAt) and {LogViews.IsTimeKnown} == false))";

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
            + WorkspaceRows.View(
                LoggedAccess,
                LogViews.GatewayAccess,
                ", InBatch:bool",
                Legs(lookBack, lookBack.From, (from, until, ofOutlived) =>
                    $"""
                            ({Accesses(from)}
                                | where ArrivedAt < {KqlText.Of(window.Until)} and {WorkspaceRows.Occurred(from, until)}
                                | project {WorkspaceRows.Casts(
                                LogViews.GatewayAccess
                            )}, InBatch = ArrivedAt >= {KqlText.Of(window.From)} and {WorkspaceRows.Occurred(earliest)}
                                | where {WorkspaceRows.NamesToken}{partition.OfTokens}{ofOutlived})
                            """
                )
            );

        string Outlived() =>
            lookBack.OutlivedFrom is null
                ? ""
                : $"""
                    let {OutlivedTokens} = union isfuzzy=true (datatable(Jti:string)[]),
                        ({Accesses(earliest)}
                        | where ArrivedAt >= {KqlText.Of(window.From)} and ArrivedAt < {KqlText.Of(
                        window.Until
                    )} and {WorkspaceRows.Occurred(earliest)}
                        | project {WorkspaceRows.Casts(LogViews.GatewayAccess)}
                        | where {IsOutlived}{partition.OfTokens}
                        | distinct Jti);

                    """;

        // A clock ahead by more than a day is replaced by an earlier time, that of receipt.
        string Accesses(DateTimeOffset from) =>
            WorkspaceRows.Read(
                LogViews.GatewayAccessName,
                WorkspaceRows.EarliestOfEvent(from < window.From ? from : window.From),
                WorkspaceRows.EndOfArrival(window.Until),
                arrival: true
            );
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
            let {LoggedAccess} = datatable({WorkspaceRows.Schema(LogViews.GatewayAccess)}, InBatch:bool)[
            {string.Join(",\n", rows)}]
                | where {WorkspaceRows.NamesToken}{partition.OfTokens};

            """
        + (lookBack.OutlivedFrom is null ? "" : $"let {OutlivedTokens} = {LoggedAccess} | where {IsOutlived} | distinct Jti;\n")
        + Issuances(lookBack, partition);

    /// <summary>Returns the prelude for the last issuance: the issuances since a time, the issuer and the kids.</summary>
    /// <param name="now">Rows that cannot have arrived by then are not read.</param>
    public static string OfIssuer(string iss, IEnumerable<string> kids, DateTimeOffset since, DateTimeOffset now) =>
        $"""
            let AskedIss = {KqlText.Of(iss)};
            let AskedUntil = {KqlText.Of(Cut(WorkspaceRows.EndOfArrival(now)))};
            let AskedKid = datatable(Kid:string)[{string.Join(", ", kids.Select(KqlText.Of))}];

            """ + Issuances(new(since, null), KqlPartition.Whole, WorkspaceRows.EndOfArrival(now));

    /// <summary>Returns the prelude for the uses of a token: the accesses since a time, and what the token is known by.</summary>
    public static string OfToken(AskedToken asked, DateTimeOffset since) =>
        $"""
            let AskedIss = {KqlText.Of(asked.Iss ?? "")};
            let AskedJti = {KqlText.Of(asked.Jti ?? "")};
            let AskedHash = {KqlText.Of(asked.SigningInputSha256 ?? "")};

            """
        + WorkspaceRows.View(
            LoggedAccess,
            LogViews.GatewayAccess,
            "",
            $"""
            ({WorkspaceRows.Read(LogViews.GatewayAccessName, WorkspaceRows.EarliestOfEvent(since), until: null, arrival: true)}
                | where {WorkspaceRows.Occurred(since)}
                | project {WorkspaceRows.Casts(LogViews.GatewayAccess)}
                | where {WorkspaceRows.NamesToken})
            """
        );

    /// <summary>Returns the parameter of the query for live tokens.</summary>
    public static string At(DateTimeOffset at) => $"let AskedAt = {KqlText.Of(Cut(at))};\n";

    /// <summary>Returns the earliest <c>TimeGenerated</c> of a table's row that a query with such a prelude reads.</summary>
    /// <param name="window">The window of its accesses; null if it reads none.</param>
    public static DateTimeOffset Earliest(LookBack lookBack, ArrivalWindow? window) =>
        WorkspaceRows.EarliestOfEvent(
            new[] { lookBack.From, lookBack.IssuedFrom, lookBack.OutlivedFrom ?? lookBack.From, window?.From ?? lookBack.From }.Min()
        );

    /// <summary>Converts a sighting to accesses: its first, and its last if that differs.</summary>
    public static string RowsOf(Sighting seen) =>
        seen.FirstSeen == seen.LastSeen ? RowOf(seen, seen.FirstSeen) : RowOf(seen, seen.FirstSeen) + ",\n" + RowOf(seen, seen.LastSeen);

    private static string Issuances(LookBack lookBack, KqlPartition partition, DateTimeOffset? end = null) =>
        WorkspaceRows.View(LoggedIssuance, LogViews.TokenIssuance, "", Legs(lookBack, lookBack.IssuedFrom, (from, until, ofOutlived) => $"""
                    ({WorkspaceRows.Read(LogViews.TokenIssuanceName, WorkspaceRows.EarliestOfEvent(from), end, arrival: false)}
                        | where {WorkspaceRows.Occurred(from, until)}
                        | project {WorkspaceRows.Casts(LogViews.TokenIssuance)}
                        | where isnotempty(Iss) and isnotempty(Jti){partition.OfTokens}{ofOutlived})
                    """));

    /// <summary>Returns the rows within the joins' look-back, and earlier rows of outlived tokens. It uses a join, because <c>in</c> has
    /// a limit of a million, and a forger chooses the number of tokens.</summary>
    /// <param name="rows">The rows of a span of the event's time.</param>
    private static string Legs(LookBack lookBack, DateTimeOffset from, Func<DateTimeOffset, DateTimeOffset?, string, string> rows)
    {
        var all = rows(from, null, "");
        return lookBack.OutlivedFrom is { } outlived
            ? all + ",\n" + rows(outlived, from, $"\n    | join kind=leftsemi ({OutlivedTokens}) on Jti")
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
            let ArrivedUntil = {KqlText.Of(Cut(arrivedUntil))};
            let KidWindow = datatable(Iss:string, Kid:string, TrustedFrom:datetime, IssuedUntil:datetime, TrustedUntil:datetime)[
            {string.Join(",\n", windows)}];

            """;
    }

    // The other engine counts in microseconds.
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
                        _ when column.Type == ColumnType.Truth => "bool(null)",
                        _ => "\"\"",
                    }
                )
                .Append(", ");
        }

        return row.Append("true").ToString();
    }
}
