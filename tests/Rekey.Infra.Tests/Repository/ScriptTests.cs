using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Repository;

/// <summary>
/// What deploys the templates: scripts, azd's file, the workflows. The Azure CLI, and .NET's for the package, are stood in for by a
/// script that writes down what it is asked.
/// </summary>
public sealed partial class ScriptTests : IDisposable
{
    private const string Declaration = """{"environment":"prod","why":"it's \"so\" & $HOME"}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rekey-scripts-");

    /// <summary>What deny settings let everybody do who has the right: take an undeclared grant away, activate an eligibility, and take
    /// that back.</summary>
    private static readonly string[] LeftFree =
    [
        "Microsoft.Authorization/roleAssignments/delete",
        "Microsoft.Authorization/roleAssignmentScheduleRequests/write",
        "Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action",
    ];

    /// <summary>What the Functions host starts a worker's functions from.</summary>
    private static readonly string[] OfTheHost =
    [
        "host.json",
        "functions.metadata",
        "extensions.json",
        "worker.config.json",
        ".azurefunctions/function.deps.json",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Completing_locks_what_is_not_locked_and_says_which_declaration_is_in_force()
    {
        var (exit, output, asked) = await RunAsync(
            "complete.sh",
            """
            case "$*" in
              *"policy show"*"--container-name ledger"*) printf 'Unlocked\n"0x1"\n' ;;
              *"policy show"*) printf 'Locked\n"0x2"\n' ;;
            esac
            """
        );
        Assert.True(exit == 0, output);
        Assert.Equal(
            "storage container immutability-policy lock --resource-group rg --account-name evidence --container-name "
                + "ledger --if-match \"0x1\" --output none",
            Assert.Single(asked, a => a.Contains(" lock ", StringComparison.Ordinal))
        );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Declaration)));
        Assert.Equal(
            "functionapp config appsettings set --resource-group rg --name func --settings "
                + $"Rekey__VaultAccess__DeclarationHash={hash} --output none",
            asked[^1]
        );
    }

    [Fact]
    public async Task What_cannot_be_locked_is_not_completed()
    {
        var (exit, _, asked) = await RunAsync(
            "complete.sh",
            """
            case "$*" in
              *"policy show"*) printf 'Unlocked\n"0x1"\n' ;;
              *"policy lock"*) exit 1 ;;
            esac
            """
        );
        Assert.NotEqual(0, exit);
        Assert.DoesNotContain(asked, a => a.Contains("appsettings", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evidence", "Locked", "true")]
    [InlineData("evidence", "Unlocked", "false")]
    [InlineData("", "", "false")]
    public async Task Whether_evidence_is_locked_is_read_before_a_deployment(string account, string state, string said)
    {
        var (exit, output, _) = await RunAsync(
            "evidence-locked.sh",
            $$"""
            case "$*" in
              *"account list"*) echo '{{account}}' ;;
              *"policy show"*) echo '{{state}}' ;;
            esac
            """,
            "prod"
        );
        Assert.Equal(0, exit);
        Assert.Equal(said, output.Trim());
    }

    [Fact]
    public async Task The_workflows_pack_by_the_script()
    {
        Assert.Contains("run: infra/package.sh\n", await ReadAsync(".github/workflows/ci.yml"), StringComparison.Ordinal);
        Assert.Contains("run: infra/package.sh\n", await ReadAsync(".github/workflows/deploy.yml"), StringComparison.Ordinal);
    }

    /// <summary>What the host starts from lies at the root of the zip, the hidden folder too, and what may be run still may.</summary>
    [Fact]
    public async Task What_is_published_is_packed_as_it_lies_without_a_developers_settings()
    {
        var (exit, output, asked) = await PackAsync([.. OfTheHost, "Rekey.Functions", "local.settings.json"]);
        Assert.True(exit == 0, output);
        Assert.StartsWith("publish src/Rekey.Functions --configuration Release --output ", Assert.Single(asked), StringComparison.Ordinal);
        Assert.Contains(" --runtime linux-x64 --no-self-contained -p:PublishReadyToRun=true", asked[0], StringComparison.Ordinal);
        using var package = await ZipFile.OpenReadAsync(Path.Combine(_folder.FullName, "rekey.zip"), Cancel);
        Assert.Equal(
            [.. OfTheHost.Append("Rekey.Functions").Order(StringComparer.Ordinal)],
            package.Entries.Select(e => e.FullName).Where(e => !e.EndsWith('/')).Order(StringComparer.Ordinal)
        );

        // The upper half of the attributes is the file's mode.
        Assert.Equal(0b111_100_000, (package.GetEntry("Rekey.Functions")!.ExternalAttributes >> 16) & 0b111_111_111);
    }

    [Theory]
    [InlineData("host.json")]
    [InlineData("functions.metadata")]
    [InlineData("extensions.json")]
    [InlineData("worker.config.json")]
    [InlineData(".azurefunctions/")]
    public async Task What_the_host_would_find_no_function_in_is_not_packed(string missing)
    {
        var (exit, output, _) = await PackAsync([.. OfTheHost.Where(f => !f.StartsWith(missing, StringComparison.Ordinal))]);
        Assert.Equal(1, exit);
        Assert.Contains($"was published without {missing}. ", output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "rekey.zip")));
    }

    [Fact]
    public async Task What_completing_reads_is_what_a_deployment_says()
    {
        var outputs = JsonNode.Parse(await ReadAsync("infra/prod.snapshot.json"))!["outputs"]!
            .AsObject()
            .Select(o => o.Key)
            .ToHashSet(StringComparer.Ordinal);
        var read = Needed().Matches(await ReadAsync("infra/complete.sh")).Select(m => m.Groups["name"].Value).ToList();
        Assert.Equal(4, read.Count);
        var workflow = await ReadAsync(".github/workflows/deploy.yml");
        Assert.All(read, name => Assert.Contains(name, outputs));
        Assert.All(read, name => Assert.Contains(name, workflow, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_parameter_files_read_from_the_environment_is_set_by_whoever_deploys()
    {
        var read = Environment()
            .Matches(await ReadAsync("infra/prod.bicepparam") + await ReadAsync("infra/dev.bicepparam"))
            .Select(m => m.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        Assert.Equal(["REKEY_GRAPH_CLIENT_STATE", "REKEY_NOTIFICATION_SECRETS", "REKEY_EVIDENCE_LOCKED"], read);
        var workflow = await ReadAsync(".github/workflows/deploy.yml");
        var manual = await ReadAsync("infra/README.md");
        Assert.All(read, name => Assert.Contains(name, workflow, StringComparison.Ordinal));
        Assert.All(read, name => Assert.Contains(name, manual, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deny_settings_hold_everybody_off_but_let_undeclared_grants_be_removed()
    {
        var workflow = await ReadAsync(".github/workflows/deploy.yml");
        Assert.Contains("--deny-settings-mode denyWriteAndDelete", workflow, StringComparison.Ordinal);
        Assert.Contains(
            "--deny-settings-excluded-actions Microsoft.Authorization/roleAssignments/delete",
            workflow,
            StringComparison.Ordinal
        );
        var (azd, manual) = (await ReadAsync("azure.yaml"), await ReadAsync("infra/README.md"));

        // An access policy, a federated credential, a role assignment on a vault are below what is deployed.
        Assert.Contains("applyToChildScopes: true", azd, StringComparison.Ordinal);
        foreach (var text in new[] { workflow, manual })
        {
            Assert.Contains(
                "--deny-settings-mode denyWriteAndDelete --deny-settings-apply-to-child-scopes",
                text,
                StringComparison.Ordinal
            );
            Assert.Equal(LeftFree, Excluded().Match(text).Groups["actions"].Value.Split(' '));
        }

        Assert.Equal(LeftFree, LeftFreeByAzd().Matches(azd).Select(m => m.Groups["action"].Value));

        // Under access policies break glass sets one, which is a write below a vault.
        Assert.Contains(
            "--deny-settings-excluded-principals \"$DEPLOYER\" ${BREAK_GLASS:+\"$BREAK_GLASS\"}",
            workflow,
            StringComparison.Ordinal
        );
        Assert.Contains("BREAK_GLASS: ${{ vars.REKEY_BREAK_GLASS_GROUP_ID }}", workflow, StringComparison.Ordinal);
        Assert.Contains("REKEY_BREAK_GLASS_GROUP_ID", manual, StringComparison.Ordinal);
        Assert.Contains("mode: denyDelete", azd, StringComparison.Ordinal);
        Assert.Contains("- Microsoft.Authorization/roleAssignments/delete", azd, StringComparison.Ordinal);
        foreach (var text in new[] { workflow, azd, await ReadAsync("infra/complete.sh") })
        {
            Assert.DoesNotContain("az lock", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Workflows_log_in_without_a_secret_and_show_before_they_do()
    {
        var deploy = await ReadAsync(".github/workflows/deploy.yml");
        Assert.Equal(
            ["REKEY_GRAPH_CLIENT_STATE", "REKEY_NOTIFICATION_SECRETS"],
            Secrets().Matches(deploy).Select(m => m.Groups["name"].Value)
        );
        Assert.Contains("id-token: write", deploy, StringComparison.Ordinal);
        Assert.Contains("needs: [package, what-if]", deploy, StringComparison.Ordinal);
        Assert.Contains("az deployment sub what-if", deploy, StringComparison.Ordinal);
        Assert.Contains("run: bash .ci/run", await ReadAsync(".github/workflows/ci.yml"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("complete.sh")]
    [InlineData("evidence-locked.sh")]
    [InlineData("package.sh")]
    public void A_script_has_its_run_bit(string name) =>
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(Bicep.Infra, name)).HasFlag(UnixFileMode.UserExecute));

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+):\?\}", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Needed();

    [GeneratedRegex(
        @"--deny-settings-excluded-actions (?<actions>[A-Za-z./]+( [A-Za-z./]+)*)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Excluded();

    [GeneratedRegex(
        @"^        - (?<action>Microsoft\.[A-Za-z./]+)\s*$",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.Multiline
    )]
    private static partial Regex LeftFreeByAzd();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>[A-Z_]+)'", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Environment();

    [GeneratedRegex(@"secrets\.(?<name>[A-Z_]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secrets();

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Bicep.Repository, file), Cancel);

    /// <summary>Packs with a .NET CLI that publishes these files.</summary>
    private Task<(int Exit, string Output, IReadOnlyList<string> Asked)> PackAsync(string[] files) =>
        RunWithAsync(
            "dotnet",
            "package.sh",
            $$"""
            for file in {{string.Join(' ', files)}}; do
              mkdir -p "$(dirname "$6/$file")"
              echo there > "$6/$file"
              chmod 640 "$6/$file"
            done
            if [ -e "$6/Rekey.Functions" ]; then chmod 740 "$6/Rekey.Functions"; fi
            """,
            []
        );

    /// <summary>Runs a script with an Azure CLI that answers as <paramref name="az"/> does.</summary>
    private Task<(int Exit, string Output, IReadOnlyList<string> Asked)> RunAsync(string script, string az, params string[] arguments) =>
        RunWithAsync("az", script, az, arguments);

    private async Task<(int Exit, string Output, IReadOnlyList<string> Asked)> RunWithAsync(
        string tool,
        string script,
        string does,
        string[] arguments
    )
    {
        var (stub, log) = (Path.Combine(_folder.FullName, tool), Path.Combine(_folder.FullName, "asked"));
        await File.WriteAllTextAsync(stub, $"#!/usr/bin/env bash\necho \"$*\" >> '{log}'\n{does}\n", Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(stub, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var start = new ProcessStartInfo("bash", [Path.Combine(Bicep.Infra, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{_folder.FullName}:{start.Environment["PATH"]}";
        start.Environment["REKEY_PACKAGE_FOLDER"] = _folder.FullName;
        (
            start.Environment["AZURE_APP_RESOURCE_GROUP"],
            start.Environment["AZURE_FUNCTION_APP_NAME"],
            start.Environment["REKEY_EVIDENCE_ACCOUNT"],
            start.Environment["REKEY_DECLARATION"]
        ) = ("rg", "func", "evidence", Declaration);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, await output + await error, File.Exists(log) ? await File.ReadAllLinesAsync(log, Cancel) : []);
    }
}
