using System.Text.Json;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.Replay;
using Rekey.Local.Worlds;
using Spectre.Console;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>The person on call learns of the theft of the replay once, and then only what changes: from the real app, over TLS.</summary>
public sealed class NotificationTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_theft_of_the_replay_is_one_incident()
    {
        await using var receiver = new HookReceiver();
        using var logs = new PastLogs();
        var settings = new Dictionary<string, string>(logs.Settings, StringComparer.Ordinal);
        foreach (var (n, name, severity) in new[] { (0, "oncall", "Critical"), (1, "team", "Low") })
        {
            settings[$"Rekey__Notifications__Channels__{n}__Name"] = name;
            settings[$"Rekey__Notifications__Channels__{n}__Url"] = $"https://localhost:{receiver.Port}/{name}/the-address-is-a-secret";
            settings[$"Rekey__Notifications__Channels__{n}__MinimumSeverity"] = severity;
            settings[$"Rekey__Notifications__Channels__{n}__SigningSecret"] = Secret;
        }

        await using var world = await World.StartAsync(new WorldOptions { Keys = Story.Keys, Settings = settings }, Cancel);
        await receiver.StartAsync(world.Authority.Leaf);

        // A channel gets what happens after it was opened, which the timer does.
        await PollUntil.UntilAsync("the channels are open", async () =>
        {
            await world.Host.TriggerTimerAsync("SendNotifications", Cancel);
            var lines = await new RekeyClient(world).GetAsync("ledger/lines?kind=notification-channel-opened", "Reader", Cancel);
            return lines!.Value.GetProperty("lines").GetArrayLength() == 2;
        });
        var timeline = new Timeline(AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(TextWriter.Null) }));
        await using (var gateway = await Gateway.StartAsync(world, new(world), Cancel))
        {
            await new LateStory(world, timeline, logs).PlayAsync(gateway, Cancel);
        }

        Assert.Empty(timeline.Failures);
        await PollUntil.UntilAsync("people know that it is contained", () => Task.FromResult(Of(receiver, "oncall").Any(IsContained)));

        // Nine findings, five of them critical: one new incident for the person on call.
        var findings = (await new RekeyClient(world).GetAsync("findings?state=all", "Reader", Cancel))!
            .Value.GetProperty("findings")
            .EnumerateArray()
            .Count(f => f.GetProperty("evidence").TryGetProperty("campaign", out _));
        Assert.True(findings >= 9, $"{findings} findings");
        var onCall = Of(receiver, "oncall");
        Assert.Equal("rekey.incident.new", onCall[0].GetProperty("type").GetString());
        Assert.All(onCall.Skip(1), n => Assert.Equal("rekey.incident.changed", n.GetProperty("type").GetString()));
        Assert.Single(onCall.Select(Incident).Distinct());
        Assert.InRange(onCall.Count, 2, 5);
        Assert.EndsWith("/shop", Assert.Single(onCall[^1].GetProperty("data").GetProperty("keys").EnumerateArray()).GetString());

        // The others, who read of everything, have the same incident, and that of the baseline.
        Assert.Contains(Incident(onCall[0]), Of(receiver, "team").Select(Incident));

        // Without a crash each came once, and the log of host and worker has neither the address nor the secret.
        Assert.Equal(receiver.Came.Count, receiver.Came.Select(c => c.Id).Distinct().Count());
        var log = await File.ReadAllTextAsync(world.LogFile, Cancel);
        Assert.DoesNotContain("the-address-is-a-secret", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret[6..], log, StringComparison.Ordinal);
    }

    private static List<JsonElement> Of(HookReceiver receiver, string channel) =>
        [
            .. receiver
                .Came.Where(c => c.Path.StartsWith($"/{channel}/", StringComparison.Ordinal))
                .Select(c => JsonDocument.Parse(c.Body).RootElement),
        ];

    private static bool IsContained(JsonElement notification) =>
        notification.GetProperty("data").GetProperty("contained").ValueKind is JsonValueKind.True;

    private static string Incident(JsonElement notification) => notification.GetProperty("data").GetProperty("incident").GetString()!;
}
