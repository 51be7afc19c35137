using Rekey.Detections;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>How the rows of a workspace become rows of the views: their types, their times, and when they arrived.</summary>
/// <remarks>
/// <para>
/// Log Analytics replaces <c>TimeGenerated</c> by the time it received a row, if the row was more than two days late or more than a day
/// ahead ("Standard columns", "Log data ingestion time"). The column <c>EventTime</c> keeps the event's own time, and is the view's
/// <c>TimeGenerated</c> where it has a value.
/// </para>
/// <para>
/// A row without it has a known time only if the service cannot have replaced it. Either it arrived more than an hour after its
/// <c>TimeGenerated</c>: a replaced one is the time of receipt, minutes before the arrival. Or its token was issued less than two days
/// before the arrival: an honest token is used after that, so its row was not two days late.
/// </para>
/// </remarks>
internal static class WorkspaceRows
{
    /// <summary>The column with the event's own time, which Log Analytics never replaces.</summary>
    public const string EventTime = "EventTime";

    /// <summary>Whether an access is one of a token: a forger may leave out any claim, and a line about something else has none.</summary>
    public const string NamesToken =
        "(isnotempty(Iss) or isnotempty(Jti) or isnotempty(Kid) or isnotempty(Sub) or isnotempty(SigningInputSha256))";

    /// <summary>The arrival time of a row.</summary>
    public const string Arrival = "coalesce(column_ifexists(\"ArrivedAt\", datetime(null)), ingestion_time())";

    /// <summary>The time of the event: known, or that of receipt.</summary>
    private const string OccurredAt = nameof(OccurredAt);

    private const string IsTimeKnown =
        $"coalesce(isnotnull({EventTime}) or ArrivedAt - todatetime(TimeGenerated) > 1h or todatetime(IssuedAt) > ArrivedAt - 2d, false)";

    /// <summary>Where the table has texts for times, those that are no times; besides what the workspace's own function says.</summary>
    private static readonly string Malformed =
        $"trim(\" +\", strcat(tostring(column_ifexists(\"{LogViews.MalformedClaims}\", \"\")), "
        + $"{IsNoTime("IssuedAt")}, {IsNoTime("ExpiresAt")}))";

    // The most that TimeGenerated lies before the receipt of a row, and after it.
    private static readonly TimeSpan MaxLate = TimeSpan.FromDays(2);
    private static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    // From the receipt of a row to its arrival in the table it takes minutes, and a gateway may stamp a row a little before its event.
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    /// <summary>The columns of a view as a workspace has them: with <see cref="EventTime"/>, and without what Rekey computes.</summary>
    public static IReadOnlyList<ViewColumn> Columns(IEnumerable<ViewColumn> view) =>
        [.. view.Where(c => !c.IsDerived), new(EventTime, ColumnType.Time)];

    /// <summary>The earliest <c>TimeGenerated</c> in the table of a row that arrived since then.</summary>
    public static DateTimeOffset EarliestOfArrival(DateTimeOffset arrived) => Before(arrived, MaxLate + Margin);

    /// <summary>The end of <c>TimeGenerated</c> in the table of rows that arrived before then; exclusive.</summary>
    public static DateTimeOffset EndOfArrival(DateTimeOffset arrived) => arrived + MaxAhead + Margin;

    /// <summary>The earliest <c>TimeGenerated</c> in the table of an event since then. A replaced one is later than the event.</summary>
    public static DateTimeOffset EarliestOfEvent(DateTimeOffset occurred) => Before(occurred, Margin);

    /// <summary>The query's beginning: the rows of a view within a span of the table's <c>TimeGenerated</c>, by which the service finds
    /// them.</summary>
    /// <param name="until">Null if rows of any arrival count.</param>
    /// <param name="arrival">Adds <c>ArrivedAt</c>.</param>
    public static string Read(string view, DateTimeOffset from, DateTimeOffset? until, bool arrival) =>
        $"""
            {view}
                | where TimeGenerated >= {KqlText.Of(from)}{(until is { } end ? $" and TimeGenerated < {KqlText.Of(end)}" : "")}
            {Times(arrival)}
            """;

    /// <summary>Adds the times that <see cref="Casts"/> needs.</summary>
    public static string Times(bool arrival) =>
        $"""
                | extend {(
                arrival ? $"ArrivedAt = {Arrival}, " : ""
            )}{EventTime} = todatetime(column_ifexists("{EventTime}", datetime(null)))
                | extend {OccurredAt} = bin(coalesce({EventTime}, todatetime(TimeGenerated)), 1microsecond)
            """;

    /// <summary>The filter of the event's time, before <see cref="Casts"/>.</summary>
    public static string Occurred(DateTimeOffset from, DateTimeOffset? until = null) =>
        $"{OccurredAt} >= {KqlText.Of(from)}" + (until is { } end ? $" and {OccurredAt} < {KqlText.Of(end)}" : "");

    /// <summary>The columns of a view. A workspace's own types are not always the view's: ids come as guid, status codes as int or text,
    /// and a union of two types makes two columns. Times are cut to what the other engine counts in: iat and exp to seconds, the rest to
    /// microseconds.</summary>
    public static string Casts(IEnumerable<ViewColumn> columns) =>
        string.Join(
            ", ",
            columns.Select(c =>
                c switch
                {
                    { Name: "TimeGenerated" } => $"{c.Name} = {OccurredAt}",
                    { Name: LogViews.MalformedClaims } => $"{c.Name} = {Malformed}",
                    { Name: LogViews.IsTimeKnown } => $"{c.Name} = {IsTimeKnown}",
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
    public static string View(string name, IEnumerable<ViewColumn> columns, string more, string narrowed) =>
        $"""
            let {name} = union isfuzzy=true (datatable({Schema(columns)}{more})[]),
                {narrowed};

            """;

    public static string Schema(IEnumerable<ViewColumn> columns) => string.Join(", ", columns.Select(c => $"{c.Name}:{c.Type.Kql}"));

    private static string IsNoTime(string column) =>
        $"iff(isnotempty(tostring({column})) and isnull(todatetime({column})), \" {column}\", \"\")";

    private static DateTimeOffset Before(DateTimeOffset time, TimeSpan span) =>
        time - DateTimeOffset.MinValue < span ? DateTimeOffset.MinValue : time - span;
}
