using System.Text.Json.Nodes;
using Rekey.Findings;
using Rekey.Findings.Ocsf;

namespace Rekey.Tests.Findings;

/// <summary>What OCSF 1.8 requires of a Detection Finding: members, enumerations, constraints.</summary>
public sealed class OcsfFindingTests
{
    private static readonly DateTimeOffset Made = new(2026, 5, 4, 10, 5, 0, TimeSpan.Zero);

    private static readonly DetectionFacts Facts = new(
        "uid-1",
        FindingActivity.Create,
        FindingStatus.New,
        "unissued",
        "Tokens that nobody issued",
        "Two tokens were accepted that nobody issued.",
        Severity.Critical,
        "T1606",
        Made,
        Made,
        Made.AddDays(-3),
        Made.AddMinutes(-1),
        7,
        "Rotate the key.",
        [new("https://login.example/k1", "k1", "Signing key", ResourceRole.Affected)],
        [
            new("203.0.113.9", new Dictionary<string, string> { ["jti"] = "j1" }),
            new(null, new Dictionary<string, string> { ["jti"] = "j2" }),
            new("203.0.113.10", new Dictionary<string, string>()),
        ],
        new Dictionary<string, string> { ["tokens"] = "2" }
    );

    public static TheoryData<FindingActivity, FindingStatus> Lives =>
        new()
        {
            { FindingActivity.Create, FindingStatus.New },
            { FindingActivity.Update, FindingStatus.InProgress },
            { FindingActivity.Close, FindingStatus.Resolved },
            { FindingActivity.Close, FindingStatus.Suppressed },
        };

    [Theory]
    [MemberData(nameof(Lives))]
    public void Every_event_of_its_life_has_what_the_class_requires(FindingActivity activity, FindingStatus status)
    {
        var made = OcsfFinding.Of(Facts with { Activity = activity, Status = status }, "0.1.0");
        Assert.Equal(
            (2, 2004, (int)activity, 200400 + (int)activity),
            (Number(made, "category_uid"), Number(made, "class_uid"), Number(made, "activity_id"), Number(made, "type_uid"))
        );
        Assert.Equal(
            ("Findings", "Detection Finding", $"Detection Finding: {activity}"),
            ((string?)made["category_name"], (string?)made["class_name"], (string?)made["type_name"])
        );
        Assert.Equal((5, "Critical"), (Number(made, "severity_id"), (string?)made["severity"]));
        Assert.Equal(
            status switch
            {
                FindingStatus.New => (1, "New"),
                FindingStatus.InProgress => (2, "In Progress"),
                FindingStatus.Suppressed => (3, "Suppressed"),
                _ => (4, "Resolved"),
            },
            (Number(made, "status_id"), (string)made["status"]!)
        );
        Assert.Equal("1.8.0", (string?)made["metadata"]!["version"]);
        Assert.Equal(
            ("Rekey", "0.1.0"),
            ((string?)made["metadata"]!["product"]!["vendor_name"], (string?)made["metadata"]!["product"]!["version"])
        );
        Assert.Equal("uid-1", (string?)made["finding_info"]!["uid"]);
        Assert.Equal(1, Number(made["finding_info"]!["analytic"]!, "type_id"));
        Assert.Equal(activity != FindingActivity.Create, made["finding_info"]!.AsObject().ContainsKey("modified_time"));
        Assert.Equal(activity != FindingActivity.Close, (bool?)made["is_alert"]);
        Assert.Equal("Rotate the key.", (string?)made["remediation"]!["desc"]);
    }

    [Fact]
    public void Times_are_milliseconds_since_1970()
    {
        var made = OcsfFinding.Of(Facts, "0.1.0");
        Assert.Equal(1777889100000, (long)made["time"]!);
        Assert.Equal((1777629900000, 1777889040000), ((long)made["start_time"]!, (long)made["end_time"]!));
        Assert.Equal(
            (1777629900000, 1777889040000),
            ((long)made["finding_info"]!["first_seen_time"]!, (long)made["finding_info"]!["last_seen_time"]!)
        );
    }

    [Fact]
    public void Each_observable_points_at_the_member_that_holds_it()
    {
        var made = OcsfFinding.Of(Facts, "0.1.0");
        var observables = made["observables"]!.AsArray();
        Assert.Equal(3, observables.Count);
        foreach (var observable in observables)
        {
            Assert.Contains((int)observable!["type_id"]!, new[] { 2, 10 });
            JsonNode? node = made;
            foreach (var step in ((string)observable["name"]!).Replace("]", "", StringComparison.Ordinal).Split('.', '['))
            {
                node = int.TryParse(step, out var index) ? node![index] : node![step];
            }

            Assert.Equal((string?)observable["value"], (string?)node);
        }
    }

    [Fact]
    public void Evidence_without_anything_in_it_is_left_out_as_the_schema_wants_at_least_one_member()
    {
        var made = OcsfFinding.Of(Facts with { Evidence = [new(null, new Dictionary<string, string>()), .. Facts.Evidence] }, "0.1.0");
        Assert.Equal(3, made["evidences"]!.AsArray().Count);
        Assert.All(made["evidences"]!.AsArray(), e => Assert.NotEmpty(e!.AsObject()));
        Assert.Equal("203.0.113.9", (string?)made["evidences"]![0]!["src_endpoint"]!["ip"]);
        Assert.Equal("j1", (string?)made["evidences"]![0]!["data"]!["jti"]);
    }

    [Theory]
    [InlineData("T1606", "Forge Web Credentials", null, "TA0006")]
    [InlineData("T1552.004", "Unsecured Credentials", "Private Keys", "TA0006")]
    [InlineData("T9999", null, null, null)]
    public void A_technique_is_told_with_its_tactic_and_an_unknown_one_by_its_id(string id, string? technique, string? sub, string? tactic)
    {
        var attack = OcsfFinding.Of(Facts with { Attack = id }, "0.1.0")["finding_info"]!["attacks"]![0]!;
        Assert.Equal(id.Split('.')[0], (string?)attack["technique"]!["uid"]);
        Assert.Equal(
            (technique, sub, tactic),
            ((string?)attack["technique"]!["name"], (string?)attack["sub_technique"]?["name"], (string?)attack["tactic"]?["uid"])
        );
    }

    [Fact]
    public void The_same_event_has_the_same_id_and_another_one_of_the_same_finding_has_another()
    {
        static string Id(DetectionFacts facts) => (string)OcsfFinding.Of(facts, "0.1.0")["metadata"]!["uid"]!;
        Assert.Equal(Id(Facts), Id(Facts with { Message = "said otherwise" }));
        Assert.Equal(
            3,
            new[]
            {
                Id(Facts),
                Id(Facts with { Activity = FindingActivity.Update }),
                Id(Facts with { Activity = FindingActivity.Update, At = Made.AddSeconds(1) }),
            }
                .Distinct()
                .Count()
        );
        Assert.Equal(OcsfFinding.Of(Facts, "0.1.0").ToJsonString(), OcsfFinding.Of(Facts, "0.1.0").ToJsonString());
    }

    [Fact]
    public void Without_attack_and_remedy_there_are_no_such_members()
    {
        var made = OcsfFinding.Of(Facts with { Attack = null, Remedy = null }, "0.1.0");
        Assert.False(made.ContainsKey("remediation") || made["finding_info"]!.AsObject().ContainsKey("attacks"));
    }

    private static int Number(JsonNode node, string member) => (int)node[member]!;
}
