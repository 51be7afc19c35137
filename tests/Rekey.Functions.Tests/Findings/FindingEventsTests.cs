using System.Text.Json.Nodes;
using Moq;
using Rekey.Core.Records;
using Rekey.Findings;
using Rekey.Findings.Ocsf;
using Rekey.Ledgers;
using Rekey.Messaging;
using Rekey.Notifications;

namespace Rekey.Functions.Tests.Findings;

/// <summary>What subscribers get of a finding: OCSF 1.8 Detection Findings, made of what the ledger says and of nothing else.</summary>
public sealed class FindingEventsTests
{
    private static readonly DateTimeOffset Seen = new(2026, 5, 1, 10, 5, 0, TimeSpan.Zero);

    private static readonly Finding Forged = new(
        "tokens-unissued",
        "https://login.example kid-1",
        Severity.Critical,
        "Tokens that nobody issued were accepted.",
        "Rotate the key.",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["accesses"] = "7",
            ["tokens"] = "2",
            ["attack"] = "T1606",
            ["empty"] = "",
        },
        Seen,
        Seen.AddDays(3)
    )
    {
        Milestone = "2",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_finding_goes_out_when_it_is_raised_grows_and_is_over()
    {
        var world = new KeptFindings(TimeProvider.System);
        await world.Findings.RaiseAsync(Forged, Cancel);
        await world.Findings.RaiseAsync(
            Forged with
            {
                Milestone = "4",
                LastSeen = Seen.AddDays(4),
                Evidence = new Dictionary<string, string>(Forged.Evidence, StringComparer.Ordinal) { ["tokens"] = "4" },
            },
            Cancel
        );
        await world.Findings.CloseAsync(Forged.Id, "All of them turned out to be honest.", Cancel);
        var events = await SendAsync(world.Ledger);

        Assert.Equal(["Rekey.FindingRaised", "Rekey.FindingUpdated", "Rekey.FindingClosed"], events.Select(e => e.Type));
        Assert.All(events, e =>
            Assert.Equal(
                (2004, "1.8.0", Forged.Id, "tokens-unissued"),
                (
                    (int)e.Data["class_uid"]!,
                    (string)e.Data["metadata"]!["version"]!,
                    (string)e.Data["finding_info"]!["uid"]!,
                    (string)e.Data["finding_info"]!["analytic"]!["name"]!
                )
            )
        );
        Assert.Equal(
            [(1, "New", true), (2, "New", true), (3, "Resolved", false)],
            events.Select(e => ((int)e.Data["activity_id"]!, (string)e.Data["status"]!, (bool)e.Data["is_alert"]!))
        );
        Assert.Equal(
            [Seen.AddDays(3), Seen.AddDays(4), Seen.AddDays(4)],
            events.Select(e => DateTimeOffset.FromUnixTimeMilliseconds((long)e.Data["finding_info"]!["last_seen_time"]!))
        );
        Assert.Equal(["2", "4", "4"], events.Select(e => Evidence(e.Data)["tokens"]));
        Assert.Contains("All of them turned out to be honest.", events[^1].Data.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("Critical", (string?)events[0].Data["severity"]);
        Assert.Equal("Rotate the key.", (string?)events[0].Data["remediation"]!["desc"]);
        Assert.Equal("T1606", (string?)events[0].Data["finding_info"]!["attacks"]![0]!["technique"]!["uid"]);
    }

    /// <summary>What the ledger needs for itself is no evidence, and an empty fact is none.</summary>
    [Fact]
    public async Task The_evidence_is_the_findings_own()
    {
        var world = new KeptFindings(TimeProvider.System);
        await world.Findings.RaiseAsync(Forged, Cancel);
        Assert.Equal(
            ["accesses", "tokens"],
            Evidence(Assert.Single(await SendAsync(world.Ledger)).Data).Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Other_lines_go_out_with_their_facts_as_they_are()
    {
        var world = new KeptFindings(TimeProvider.System);
        await world.Ledger.AppendAsync(
            new(
                "rotation-verified/1",
                LedgerKinds.RotationVerified,
                "key",
                new Dictionary<string, string>(StringComparer.Ordinal) { ["newVersion"] = "v2" }
            ),
            Cancel
        );
        var sent = Assert.Single(await SendAsync(world.Ledger));
        Assert.Equal(("Rekey.KeyRotated", "v2", false), (sent.Type, (string?)sent.Data["newVersion"], sent.Data.ContainsKey("class_uid")));
    }

    private static Dictionary<string, string> Evidence(JsonObject data) =>
        data["evidences"]!
            .AsArray()
            .SelectMany(e => e!["data"]!.AsObject())
            .ToDictionary(f => f.Key, f => (string)f.Value!, StringComparer.Ordinal);

    private static async Task<IReadOnlyList<OutgoingEvent>> SendAsync(ILedger ledger)
    {
        var (sent, publisher, cursors) = (new List<OutgoingEvent>(), new Mock<IEventPublisher>(), new Mock<IRecords<LedgerCursor>>());
        publisher.Setup(p => p.Enabled).Returns(true);
        publisher
            .Setup(p => p.PublishAsync(It.IsAny<IReadOnlyList<OutgoingEvent>>(), It.IsAny<CancellationToken>()))
            .Returns(
                (IReadOnlyList<OutgoingEvent> events, CancellationToken _) =>
                {
                    sent.AddRange(events);
                    return Task.CompletedTask;
                }
            );
        cursors
            .Setup(c => c.InsertAsync(It.IsAny<LedgerCursor>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((LedgerCursor c, CancellationToken _) => new(c, "1"));
        cursors
            .Setup(c => c.ReplaceAsync(It.IsAny<Versioned<LedgerCursor>>(), It.IsAny<LedgerCursor>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync((Versioned<LedgerCursor> _, LedgerCursor c, CancellationToken _) => new(c, "1"));
        await new ForwardLedger(
            ledger,
            cursors.Object,
            publisher.Object,
            new FindingEvents(),
            Mock.Of<IFindings>(),
            TimeProvider.System
        ).RunAsync(Cancel);
        return sent;
    }
}
