using System.Text.Json.Nodes;
using Rekey.Cli.Tests.Support;
using Rekey.Detections;
using Rekey.Findings;
using Rekey.Findings.Ocsf;

namespace Rekey.Cli.Tests.Output;

/// <summary>OCSF events are valid by the published definitions.</summary>
public sealed class OcsfSchemaTests(SampleFixture sample) : IClassFixture<SampleFixture>
{
    private static readonly OcsfSchema Schema = new();

    /// <summary>One break of each rule, and the error that it must give.</summary>
    public static TheoryData<string, string> Breaks =>
        new()
        {
            { """{"finding_info":{"name":"x"}}""", "finding_info.name: unknown" },
            { """{"assignee":{}}""", "assignee: unknown" },
            { """{"evidences":[{"src_endpoint":{"ip":"::1","address":"::1"}}]}""", "evidences[0].src_endpoint.address: unknown" },
            { """{"evidences":[{"src_endpoint":{}}]}""", "evidences[0].src_endpoint.: at least one of ip" },
            { """{"evidences":[{}]}""", "evidences[0].: at least one of actor" },
            { """{"evidences":{}}""", "evidences: not an array" },
            { """{"evidences":[{"src_endpoint":{"ip":"here"}}]}""", "evidences[0].src_endpoint.ip: not ip_t" },
            { """{"evidences":[{"actor":{}}]}""", "evidences[0].actor: the schema file has no definition of actor" },
            { """{"metadata":null}""", "metadata: not object_t" },
            { """{"metadata":{"labels":[1]}}""", "metadata.labels[0]: not string_t" },
            { """{"metadata":{"version":"1.7.0"}}""", "metadata.version: not 1.8.0" },
            { """{"message":7}""", "message: not string_t" },
            { """{"count":"7"}""", "count: not integer_t" },
            { """{"count":7.5}""", "count: not integer_t" },
            { """{"is_alert":"true"}""", "is_alert: not boolean_t" },
            { """{"time":"2026-05-04T10:05:00Z"}""", "time: not timestamp_t" },
            { """{"time":1777889100}""", "time: not timestamp_t" },
            { """{"time":1777889100000000}""", "time: not timestamp_t" },
            { """{"severity_id":7}""", "severity_id: 7 is not in the enum" },
            { """{"severity":"Urgent"}""", "severity: Urgent beside 5" },
            { """{"status_id":4}""", "status: New beside 4" },
            { """{"status_id":99,"status":""}""", "status:  beside 99" },
            { """{"resources":[{"uid":"k","role_id":3,"role":"Target"}]}""", "resources[0].role: Target beside 3" },
            { """{"type_uid":200402}""", "type_uid: not 200401" },
            { """{"type_name":"Detection Finding: Update"}""", "type_name: not Detection Finding: Create" },
            { """{"category_uid":6}""", "category_uid: not 2" },
            { """{"category_name":"Finding"}""", "category_name: not Findings" },
            { """{"class_name":"Finding"}""", "class_name: not Detection Finding" },
            { """{"class_uid":2005}""", "class_uid: no class 2005" },
        };

    public static TheoryData<string> Required =>
        new(
            "activity_id",
            "category_uid",
            "finding_info",
            "finding_info.analytic.type_id",
            "finding_info.uid",
            "metadata",
            "metadata.product",
            "metadata.version",
            "remediation.desc",
            "severity_id",
            "time",
            "type_uid"
        );

    [Fact]
    public async Task A_sweep_with_tokens_of_every_verdict_is_valid()
    {
        var events = Valid((await sample.SweepAsync("--output", "ocsf", "--quiet")).Ended(2));
        using var folder = new TemporaryFolder();
        folder.Write("issued/i.ndjson", Line("malformed", null, "10:00:00"));
        folder.Write("access/a.ndjson", Line("malformed", "soon", "10:01:00") + Line("nobody", null, "10:02:00"));
        folder.Write("access/b.ndjson", "no json\n");
        events.AddRange(Valid(await folder.SweepAsync("--output", "ocsf")));

        Assert.Equal(
            Enum.GetValues<Verdict>().Select(v => v.Code()).Order(StringComparer.Ordinal),
            events
                .Where(e => (int)e["class_uid"]! == 2004)
                .Select(e => (string)e["finding_info"]!["analytic"]!["uid"]!)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(["Success", "Partial"], events.Where(e => (int)e["class_uid"]! == 6007).Select(e => (string?)e["status"]));
    }

    [Fact]
    public void Every_severity_activity_status_and_role_is_valid()
    {
        var all =
            from severity in Enum.GetValues<Severity>()
            from activity in Enum.GetValues<FindingActivity>()
            from status in Enum.GetValues<FindingStatus>()
            from role in Enum.GetValues<ResourceRole>()
            select Finding(severity, activity, status, role);
        Assert.All(all, e => Assert.Empty(Schema.ErrorsOf(e)));
        Assert.Equal(OcsfFinding.SchemaVersion, Schema.Version);
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public void An_event_that_breaks_a_rule_is_refused(string members, string error)
    {
        var broken = Finding();
        Put(broken, JsonNode.Parse(members)!.AsObject());
        Assert.StartsWith(error, Assert.Single(Schema.ErrorsOf(broken)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Required))]
    public void An_event_without_a_required_attribute_is_refused(string path)
    {
        var broken = Finding();
        var names = path.Split('.');
        Assert.True(names[..^1].Aggregate((JsonNode)broken, (node, name) => node[name]!).AsObject().Remove(names[^1]));
        Assert.Contains($"{path}: required", Schema.ErrorsOf(broken));
    }

    /// <summary>Parses, as a program that reads the output does, and finds no error in any event.</summary>
    private static List<JsonObject> Valid(ToolRun run)
    {
        var events = run
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject())
            .ToList();
        Assert.All(events, e => Assert.Empty(Schema.ErrorsOf(e)));
        return events;
    }

    private static JsonObject Finding(
        Severity severity = Severity.Critical,
        FindingActivity activity = FindingActivity.Create,
        FindingStatus status = FindingStatus.New,
        ResourceRole role = ResourceRole.Affected
    )
    {
        var at = new DateTimeOffset(2026, 5, 4, 10, 5, 0, TimeSpan.Zero);
        var facts = new DetectionFacts(
            "uid-1",
            activity,
            status,
            "unissued",
            "Tokens that nobody issued",
            "Two tokens were accepted that nobody issued.",
            severity,
            "T1550.001",
            at,
            at,
            at,
            at,
            2,
            "Rotate the key.",
            [new("https://login.example/k1", "k1", "Signing key", role)],
            [new("2001:db8::1", new Dictionary<string, string> { ["jti"] = "j1" })],
            new Dictionary<string, string> { ["tokens"] = "2" }
        );
        return JsonNode.Parse(OcsfFinding.Of(facts, "0.1.0").ToJsonString())!.AsObject();
    }

    /// <summary>Puts the members into the event, those of objects into the objects.</summary>
    private static void Put(JsonObject into, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            if (into[name] is JsonObject inner && value is JsonObject more)
            {
                Put(inner, more);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    private static string Line(string jti, string? issuedAt, string time)
    {
        var line = new JsonObject
        {
            ["TimeGenerated"] = $"2026-03-01T{time}Z",
            ["Iss"] = SmallLogs.Issuer,
            ["Jti"] = jti,
            ["IssuedAt"] = issuedAt,
        };
        return line.ToJsonString() + "\n";
    }
}
