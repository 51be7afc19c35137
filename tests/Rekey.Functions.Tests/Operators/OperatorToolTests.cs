using System.Buffers.Text;
using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Rekey.Cli.Local;
using Rekey.Functions.Tests.Hosting;
using Rekey.Local.Identity;
using Rekey.Local.Worlds;

namespace Rekey.Functions.Tests.Operators;

/// <summary>The command line as a process against the app under the local Functions host, signed in at its tenant.</summary>
public sealed class OperatorToolTests(RunningApp app) : IDisposable
{
    private static readonly string[] Roles = ["Reader", "Operator", "Approver"];

    private readonly string _state = Path.Combine(app.World.Folder, $"operator-tool-{Guid.NewGuid():N}.json");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_state);

    [Fact]
    public async Task An_operator_reads_what_the_app_has()
    {
        var status = await RunAsync(0, "status", "-o", "json");
        Assert.Equal("healthy", JsonNode.Parse(status)!["healthz"]!["status"]!.ToString());
        Assert.Contains("health", await RunAsync(0, "status"), StringComparison.Ordinal);

        var keys = (await RunAsync(0, "keys", "-o", "ndjson")).TrimEnd('\n').Split('\n').Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(["partners", "reserve", "shop", "spare"], keys.Select(k => k["issuer"]!.ToString()).Order(StringComparer.Ordinal));
        var shop = keys.Single(k => k["issuer"]!.ToString() == "shop");
        Assert.True(JsonNode.DeepEquals(shop, JsonNode.Parse(await RunAsync(0, "keys", "show", "shop", "-o", "json"))));
        foreach (var list in new[] { "findings", "decisions", "blocks" })
        {
            await RunAsync(0, list, "list", "-o", "json");
        }

        Assert.Contains("unknown-departure", await RunAsync(1, "departures", "show", "none"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_is_proposed_by_an_operator_and_declined_by_an_approver_once()
    {
        var jti = Guid.NewGuid().ToString();
        string[] add = ["blocks", "add", "--kind", "token", "--issuer", "shop", "--value", jti, "--reason", "a test"];
        Assert.Contains(jti, await RunAsync(0, [.. add, "--what-if"]), StringComparison.Ordinal);
        var asked = JsonNode.Parse(await RunAsync(0, [.. add, "--yes", "-o", "json"]))!;
        var id = asked["decision"]!.ToString();
        Assert.Contains(id, await RunAsync(0, "decisions", "list", "-o", "ndjson"), StringComparison.Ordinal);

        string[] decline = ["decisions", "decline", id, "--reason", "not needed", "-o", "json"];
        Assert.Contains("--yes", await RunAsync(1, decline), StringComparison.Ordinal);

        // A reader may not answer; the message names the role.
        Assert.Contains("app role Approver", await RunAsync(1, [.. decline, "--yes", "--as", "Reader"]), StringComparison.Ordinal);
        var declined = JsonNode.Parse(await RunAsync(0, [.. decline, "--yes"]))!;
        Assert.Equal(("Declined", "not needed"), (declined["state"]!.ToString(), declined["reason"]!.ToString()));
        Assert.Contains("it is Declined", await RunAsync(1, [.. decline, "--yes"]), StringComparison.Ordinal);
        Assert.DoesNotContain(jti, await RunAsync(0, "blocks", "list", "-o", "ndjson"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_is_exported_verified_and_continued()
    {
        var folder = Path.Combine(app.World.Folder, $"export-{Guid.NewGuid():N}");
        var key = Path.Combine(app.World.Folder, $"checkpoint-{Guid.NewGuid():N}.pem");
        await File.WriteAllTextAsync(key, await CheckpointKeyAsync(), Cancel);
        string[] pinned = ["--key", key, "--thumbprint", app.World.CheckpointThumbprint, "-o", "json", "--quiet"];

        // 1. An auditor exports it and verifies the files without the app.
        Assert.True((await app.World.Host.TriggerTimerAsync("VerifyLedger", Cancel)).Succeeded);
        await RunAsync(0, "ledger", "export", folder, "--as", "Reader", "--quiet");
        var first = JsonNode.Parse(await RunBareAsync(0, ["ledger", "verify", folder, .. pinned]))!;
        Assert.True(first["provenLines"]!.GetValue<long>() > 0);

        // 2. The files are the blobs.
        var blobs = new BlobContainerClient(app.World.EvidenceConnection, "ledger");
        var file = Path.Combine(folder, "ledger", "00000001.ndjson");
        var exported = await File.ReadAllBytesAsync(file, Cancel);
        var blob = (await blobs.GetBlobClient("00000001.ndjson").DownloadContentAsync(Cancel)).Value.Content.ToMemory();
        Assert.True(blob.Span.StartsWith(exported));

        // 3. An interrupted export is continued, and has what came since.
        await File.WriteAllBytesAsync(file, exported[..(exported.Length / 2)], Cancel);
        string[] add = ["blocks", "add", "--kind", "token", "--issuer", "shop", "--value", $"{Guid.NewGuid()}", "--reason", "a test"];
        await RunAsync(0, [.. add, "--yes"]);
        await RunBareAsync(2, ["ledger", "verify", folder, .. pinned]);
        await RunAsync(0, "ledger", "export", folder, "--quiet");
        var second = JsonNode.Parse(await RunBareAsync(0, ["ledger", "verify", folder, .. pinned]))!;
        Assert.True(second["lines"]!.GetValue<long>() > first["lines"]!.GetValue<long>());
        Assert.True((await File.ReadAllBytesAsync(file, Cancel)).AsSpan().StartsWith(exported));

        // 4. In one step.
        var third = JsonNode.Parse(await RunAsync(0, ["ledger", "verify", .. pinned]))!;
        Assert.True(third["lines"]!.GetValue<long>() >= second["lines"]!.GetValue<long>());
    }

    private async Task<string> CheckpointKeyAsync()
    {
        var jwk = await app.World.Admin.ReadKeyAsync(app.World.OwnVault, World.CheckpointKey, Cancel);
        Assert.Equal("P-256", jwk.Curve);
        using var key = ECDsa.Create(
            new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new() { X = Base64Url.DecodeFromChars(jwk.X), Y = Base64Url.DecodeFromChars(jwk.Y) },
            }
        );
        return key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>Runs the tool. Gives standard output when the exit code is 0, else standard error.</summary>
    private async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        await WriteStateAsync();
        return await RunBareAsync(exitCode, [.. arguments, "--server", "local"]);
    }

    private async Task<string> RunBareAsync(int exitCode, string[] arguments)
    {
        var tool = typeof(World).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "CommandLineFile").Value!;
        var start = new ProcessStartInfo("dotnet", [tool, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [LocalWorldState.PathVariable] = _state },
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (reading, hearing) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        var (output, error) = (await reading, await hearing);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == exitCode, $"exit code {process.ExitCode}\n--- stdout\n{output}\n--- stderr\n{error}");
        return exitCode == 0 ? output : error;
    }

    private async Task WriteStateAsync()
    {
        var identity = app.World.Identity;
        var clients = new Dictionary<string, LocalClient>(StringComparer.Ordinal);
        foreach (var role in Roles)
        {
            clients[role] = new($"operator-tool-{role}", $"secret of {role}");
            identity.Register(
                new RegisteredClient(
                    clients[role].ClientId,
                    clients[role].Secret,
                    new Guid(Array.IndexOf(Roles, role) + 1, 0, 0, new byte[8]).ToString(),
                    new Dictionary<string, string[]>(StringComparer.Ordinal) { [WorldSettings.Audience] = [role] }
                )
            );
        }

        var state = new LocalWorldState
        {
            Server = app.World.HostAddress,
            TokenEndpoint = new($"{identity.TenantAuthority}/oauth2/v2.0/token"),
            Scope = $"{WorldSettings.Audience}/.default",
            AdminEndpoint = identity.AuthorityHost,
            AdminSecret = "none",
            CaCertificate = app.World.Authority.Path,
            Clients = clients,
            ProcessId = Environment.ProcessId,
        };
        await File.WriteAllTextAsync(_state, JsonSerializer.Serialize(state, JsonSerializerOptions.Web), Cancel);
    }
}
