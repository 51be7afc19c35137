using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Azure.Tests.LogAnalytics.Parser;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>Every detection, read by Microsoft's own parser against the views.</summary>
[Collection(nameof(KqlParser))]
public sealed class DetectionQueryTests(KqlParser parser)
{
    private static readonly string[] OfTokens =
    [
        "Verdict:string",
        "Iss:string",
        "Jti:string",
        "Kid:string",
        "Sub:string",
        "Aud:string",
        "IssuedAt:datetime",
        "ExpiresAt:datetime",
        "SigningInputSha256:string",
        "KeyThumbprint:string",
        "SignatureVerified:bool",
        "SrcIpAddr:string",
        "FirstSeen:datetime",
        "LastSeen:datetime",
        "Accesses:long",
    ];

    private static readonly string[] OfGaps = ["Iss:string", "IssuerInstance:string", "From:datetime", "To:datetime", "Missing:long"];

    [Fact]
    public void Every_detection_has_both_queries()
    {
        Assert.True(DetectionQueries.Names.Count >= 7);
        foreach (var name in DetectionQueries.Names)
        {
            var files = Directory.GetFiles(Path.Combine(DetectionQueries.Folder, name)).Select(Path.GetFileName).ToArray();
            Assert.Contains("query.kql", files);
            if (files.Contains("detection.json"))
            {
                Assert.Contains("query.sql", files);
            }
        }
    }

    [Fact]
    public async Task Every_query_binds_and_yields_what_the_contract_says()
    {
        var names = DetectionQueries.Names;
        var readings = await parser.ReadAsync([.. names.Select(name => DetectionQueries.Prelude() + DetectionQueries.Kql(name))]);

        foreach (var (name, reading) in names.Zip(readings))
        {
            Assert.True(reading.Diagnostics.Count == 0, $"{name}: {string.Join("; ", reading.Diagnostics)}");
            Assert.Equal(DetectionQueries.OfGaps(name) ? OfGaps : OfTokens, reading.Columns);
        }
    }

    [Fact]
    public async Task Every_query_is_made_of_plain_exact_operators_only()
    {
        var prelude = DetectionQueries.Prelude();
        var readings = await parser.ReadAsync([.. DetectionQueries.Names.Select(name => prelude + DetectionQueries.Kql(name))]);

        foreach (var (name, reading) in DetectionQueries.Names.Zip(readings))
        {
            Assert.Empty(KqlAllowList.Refused(reading, prelude.Length).Select(what => $"{name}: {what}"));
            // The walk has seen the query at all.
            Assert.Contains(reading.Used, u => u.At >= prelude.Length && u.Kind == "Function" && u.Name == "min");
        }
    }

    [Fact]
    public async Task What_is_not_on_the_list_is_refused()
    {
        (string Query, string Refused)[] forbidden =
        [
            ("GatewayAccess | summarize N = dcount(Jti)", "Function dcount"),
            ("GatewayAccess | summarize N = percentile(StatusCode, 95)", "Function percentile"),
            ("GatewayAccess | summarize N = make_set(Jti, 100)", "Function make_set"),
            ("GatewayAccess | summarize N = take_any(Jti) by Iss", "Function take_any"),
            ("GatewayAccess | take 10", "Syntax TakeOperator"),
            ("GatewayAccess | top 10 by TimeGenerated", "Syntax TopOperator"),
            ("externaldata(Jti:string)['https://x.example/a.csv']", "Syntax ExternalDataExpression"),
            ("GatewayAccess | where TimeGenerated > ago(1h)", "Function ago"),
            ("TokenIssuance | where ingestion_time() > datetime(2026-11-24)", "Function ingestion_time"),
            ("GatewayAccess | where Iss =~ 'x'", "Operator EqualTilde"),
            ("GatewayAccess | where Iss has 'x'", "Operator Has"),
            ("GatewayAccess | join (TokenIssuance) on Iss, Jti", "1 joins, 0 kinds"),
            ("GatewayAccess | join kind=innerunique (TokenIssuance) on Iss, Jti", "Parameter kind=innerunique"),
            ("GatewayAccess | evaluate bag_unpack(dynamic({}))", "Syntax EvaluateOperator"),
            ("let A = materialize(GatewayAccess); A | count", "Syntax MaterializeExpression"),
            ("set notruncation; GatewayAccess | count", "Syntax SetOptionStatement"),
            ("workspace('other').GatewayAccess | project Iss", "Function workspace"),
        ];
        var prelude = DetectionQueries.Prelude();
        var readings = await parser.ReadAsync([.. forbidden.Select(f => prelude + f.Query)]);

        foreach (var (query, reading) in forbidden.Zip(readings))
        {
            Assert.Contains(query.Refused, KqlAllowList.Refused(reading, prelude.Length));
        }
    }

    [Fact]
    public async Task The_parser_knows_the_views_columns_and_refuses_others()
    {
        var readings = await parser.ReadAsync([
            "TokenIssuance | project IssuerInstance, Sequence",
            "TokenIssuance | project Verdict",
            "GatewayAccess | where StatusCode == 200 and SignatureVerified",
            "GatewayAccess | where InBatch",
            "GatewayAccess | where StatusCode",
            "Nothing | count",
            DetectionQueries.Prelude() + "LoggedAccess | where InBatch",
        ]);

        Assert.Equal([0, 1, 0, 1, 1, 1, 0], readings.Select(r => Math.Min(r.Diagnostics.Count, 1)));
        Assert.Equal(["IssuerInstance:string", "Sequence:long"], readings[0].Columns);
    }

    [Fact]
    public async Task A_share_of_a_query_binds_and_yields_the_same_columns()
    {
        var share = KqlPartition.Whole.Split(byToken: true)[3] with { Rows = 8, Row = 5 };
        var readings = await parser.ReadAsync([
            .. DetectionQueries.Names.Select(name =>
                DetectionQueries.Prelude(share)
                + DetectionQueries.Kql(name)
                + share.OfRows(DetectionQueries.OfGaps(name) ? ["Iss", "From"] : ["Jti", "SignatureVerified", "IssuedAt"])
            ),
        ]);

        foreach (var (name, reading) in DetectionQueries.Names.Zip(readings))
        {
            Assert.Empty(reading.Diagnostics);
            Assert.Equal(DetectionQueries.OfGaps(name) ? OfGaps : OfTokens, reading.Columns);
        }
    }
}
