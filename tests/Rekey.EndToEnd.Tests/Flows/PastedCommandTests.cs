using System.Text.Json;
using Rekey.EndToEnd.Tests.Support;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>After the replay a reader pastes each printed command into a shell, and each does what the text says.</summary>
public sealed class PastedCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_printed_command_works_in_a_shell_of_its_own()
    {
        using var replay = await StandingReplay.StartAsync();
        var commands = replay
            .Lines.SkipWhile(l => !l.StartsWith("How to go on", StringComparison.Ordinal))
            .Where(l => l.StartsWith("  ", StringComparison.Ordinal))
            .Select(l => l.Trim())
            .ToList();
        var pasted = new HashSet<string>(StringComparer.Ordinal);
        string Command(string part)
        {
            var command = commands.Single(c =>
                c.StartsWith("curl ", StringComparison.Ordinal) == part.StartsWith('/') && c.Contains(part, StringComparison.Ordinal)
            );
            pasted.Add(command);
            return command;
        }

        // 1. The app answers, and there is a token for each role.
        Assert.Equal("healthy", (await JsonAsync(Command("/healthz"))).GetProperty("status").GetString());
        Assert.Contains("healthy", await OutputAsync(Command(" status --server local")), StringComparison.Ordinal);
        var token = Command(" local token operator");
        foreach (var role in new[] { "operator", "approver", "approver2", "gateway", "reader" })
        {
            Assert.Equal(3, (await OutputAsync(token.Replace("operator", role, StringComparison.Ordinal))).Split('.').Length);
        }

        // 2. A person leaves, and the key of that person is contained.
        var before = VersionsOf("partners", await JsonAsync(Command("/keys")));
        Assert.Contains("alice@contoso.example is disabled", await OutputAsync(Command(" local disable alice")), StringComparison.Ordinal);
        var departure = Command("/departures/");
        await PollUntil.UntilAsync("the departure's key is contained", async () =>
            (await TryJsonAsync(departure)) is { } read
            && read.TryGetProperty("keys", out var keys)
            && keys.EnumerateArray().ToList() is [var key]
            && key.GetProperty("key").GetString()!.EndsWith("/partners", StringComparison.Ordinal)
            && key.GetProperty("outcome") is { ValueKind: JsonValueKind.Object } outcome
            && outcome.GetProperty("result").GetString() is "rotated"
        );
        var after = VersionsOf("partners", await JsonAsync(Command("/keys")));
        Assert.Equal("Current", Assert.Single(before).State);
        Assert.Equal(["Current"], after.Where(v => v.Version != before[0].Version).Select(v => v.State));
        Assert.DoesNotContain("Current", after.Where(v => v.Version == before[0].Version).Select(v => v.State));

        // 3. An attacker forges a token, and it is found and blocked.
        Assert.Contains("both gateways accepted it", await OutputAsync(Command(" local forge shop")), StringComparison.Ordinal);
        var findings = Command("/findings");
        var finding = await PollUntil.ForAsync("the forged token is found", async () =>
            (await JsonAsync(findings))
                .GetProperty("findings")
                .EnumerateArray()
                .Where(f => f.GetProperty("kind").GetString() is "tokens-unissued")
                .Select(f => f.GetProperty("id").GetString())
                .SingleOrDefault()
        );
        await PollUntil.UntilAsync("the forged token is blocked", async () =>
            (await JsonAsync(findings.Replace("/findings", $"/findings/{finding}", StringComparison.Ordinal)))
                .GetProperty("damage")
                .GetProperty("blocked")
                .GetInt32()
                is 1
        );
        var introspect = Command("/introspect");
        await PollUntil.UntilAsync("introspection refuses the forged token", async () =>
            !(await JsonAsync(introspect)).GetProperty("active").GetBoolean()
        );
        var decisions = Command("/decisions");
        await PollUntil.UntilAsync("an approver is asked about the key", async () =>
            (await JsonAsync(decisions))
                .GetProperty("decisions")
                .EnumerateArray()
                .Any(d => d.GetProperty("about").GetString()!.EndsWith("/shop", StringComparison.Ordinal))
        );

        // 4. The log has what the app says, and nothing else.
        var log = await File.ReadAllTextAsync(replay.LogFile, Cancel);
        Assert.Contains("A departure was noticed.", log, StringComparison.Ordinal);
        Assert.DoesNotMatch("Executing '|Executed '[^']*' \\(Succeeded|TraceId:|Instrumentation scope", log);

        // 5. An operator stops Rekey. One approver asks to start it, and cannot say yes; the second one can.
        var rekey = token[..token.IndexOf(" local ", StringComparison.Ordinal)];
        await OutputAsync($"{rekey} stop --server local");
        var (stopped, state) = await Programs.PasteAsync(Command(" status --server local"));
        Assert.Equal(2, stopped);
        Assert.Contains("stopped", state, StringComparison.Ordinal);
        await OutputAsync($"{rekey} start --server local --reason over --yes");
        var question = (await JsonAsync(decisions))
            .GetProperty("decisions")
            .EnumerateArray()
            .Single(d => d.GetProperty("kind").GetString() is "start")
            .GetProperty("id")
            .GetString();
        var approve = $"{rekey} decisions approve {question} --server local --reason reviewed --yes --as ";
        Assert.Contains("another person", (await Programs.PasteAsync($"{approve}approver")).Output, StringComparison.Ordinal);
        await OutputAsync($"{approve}approver2");
        await PollUntil.UntilAsync("Rekey works again", async () =>
            (await Programs.PasteAsync(Command(" status --server local"))).Exit is 0
        );

        // 6. It begins again: the app has the same address, and the departure is gone.
        await OutputAsync(Command(" local reset"));
        Assert.Equal("healthy", (await JsonAsync(Command("/healthz"))).GetProperty("status").GetString());
        Assert.Equal(404, (await JsonAsync(departure)).GetProperty("status").GetInt32());
        Assert.NotEqual(after, VersionsOf("partners", await JsonAsync(Command("/keys"))));
        Assert.Equal(commands.Order(StringComparer.Ordinal), pasted.Order(StringComparer.Ordinal));

        // 7. After the end, a command says what to run.
        await replay.EndAsync();
        var (exit, output) = await Programs.PasteAsync(token);
        Assert.Equal(1, exit);
        Assert.Contains("dotnet run --project src/Rekey.Local", output, StringComparison.Ordinal);
    }

    private static List<(string Version, string State)> VersionsOf(string name, JsonElement keys) =>
        [
            .. keys.GetProperty("keys")
                .EnumerateArray()
                .Single(k => k.GetProperty("issuer").GetString() == name)
                .GetProperty("versions")
                .EnumerateArray()
                .Select(v => (v.GetProperty("version").GetString()!, v.GetProperty("state").GetString()!)),
        ];

    private static async Task<string> OutputAsync(string command)
    {
        var (exit, output) = await Programs.PasteAsync(command);
        Assert.True(exit == 0, $"{command} ended with {exit}: {output}");
        return output.Trim();
    }

    private static async Task<JsonElement> JsonAsync(string command) =>
        JsonSerializer.Deserialize<JsonElement>(await OutputAsync(command), JsonSerializerOptions.Strict);

    /// <summary>Null while the answer is a problem (RFC 9457), such as that a departure is not there yet.</summary>
    private static async Task<JsonElement?> TryJsonAsync(string command) =>
        await JsonAsync(command) is var read && read.TryGetProperty("reason", out _) ? null : read;
}
