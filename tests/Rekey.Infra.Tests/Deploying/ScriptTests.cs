using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>What deploys the templates: scripts, azd's file, the workflows.</summary>
public sealed partial class ScriptTests : IDisposable
{
    private readonly ScriptBench _bench = new();

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

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Completing_locks_what_is_not_locked_and_says_which_declaration_is_in_force()
    {
        var end = await RunAsync("complete.sh", AzureScript.All.Single(s => s.Script == "complete.sh").Does);
        Assert.True(end.Exit == 0, end.Error);
        Assert.Equal(
            "storage container immutability-policy lock --resource-group rg --account-name evidence --container-name ledger "
                + $"--subscription {AzureScript.Subscription} --if-match \"0x1\" --output none",
            Assert.Single(end.Asked, a => a.Contains(" lock ", StringComparison.Ordinal))
        );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(AzureScript.Declaration)));
        Assert.Equal(
            $"functionapp config appsettings set --resource-group rg --name func --subscription {AzureScript.Subscription} "
                + $"--settings Rekey__VaultAccess__DeclarationHash={hash} --output none",
            end.Asked[^1]
        );
    }

    [Theory]
    [InlineData("Deleted \"0x1\"")]
    [InlineData("None None")]
    [InlineData("Unlocked None")]
    [InlineData("Unlocked")]
    public async Task What_has_no_policy_to_lock_is_not_completed(string policy)
    {
        var end = await RunAsync("complete.sh", $"case \"$*\" in *\"policy show\"*) echo '{policy}' ;; esac");
        Assert.NotEqual(0, end.Exit);
        Assert.Single(end.Calls);
    }

    /// <summary>An environment that is to be taken down again locks nothing, and is completed all the same.</summary>
    [Theory]
    [InlineData("false", true)]
    [InlineData("False", true)]
    [InlineData("no", false)]
    public async Task Evidence_stays_unlocked_only_where_the_deployment_says_so(string locks, bool isTaken)
    {
        var end = await RunAsync("complete.sh", ":", [], ("REKEY_LOCK_EVIDENCE", locks));
        Assert.Equal(isTaken, end.Exit == 0);
        Assert.DoesNotContain(end.Asked, a => a.Contains(" lock ", StringComparison.Ordinal));
        Assert.Equal(isTaken, end.Asked.Any(a => a.Contains("DeclarationHash=", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("true", "\"strkprodevid1234\"", "true", "Locked", "true")]
    [InlineData("true", "\"strkprodevid1234\"", "true", "Unlocked", "false")]
    [InlineData("true", "\"strkprodevid1234\"", "true", "None", "false")]
    [InlineData("true", "\"strkprodevid1234\"", "False", "", "false")]
    [InlineData("true", "", "", "", "false")]
    [InlineData("false", "", "", "", "false")]
    [InlineData("true", "\"strkprodevid1234\",\"strkprodevid5678\"", "true", "Locked", null)]
    [InlineData("true", "\"strkprodevid1234\"", "true", "Broken", null)]
    public async Task Whether_evidence_is_locked_is_read_before_a_deployment(
        string group,
        string accounts,
        string container,
        string state,
        string? said
    )
    {
        var end = await RunAsync(
            "evidence-locked.sh",
            $$"""
            case "$*" in
              *"group exists"*) echo '{{group}}' ;;
              *"account list"*) echo '[{{accounts}}]' ;;
              *"container-rm exists"*) echo '{{container}}' ;;
              *"policy show"*) echo '{{state}}' ;;
            esac
            """,
            ["prod"]
        );
        Assert.Equal(said is not null, end.Exit == 0);
        Assert.Equal(said ?? "", end.Output.Trim());
    }

    /// <summary>Azure may write the name of an output in another case than the template does.</summary>
    [Theory]
    [InlineData("AZURE_APP_RESOURCE_GROUP")]
    [InlineData("azurE_APP_RESOURCE_GROUP")]
    [InlineData("azure_app_resource_group")]
    public async Task Outputs_are_read_in_any_case(string name)
    {
        var end = await RunAsync("outputs.sh", AzureScript.Outputs(name), ["prod"]);
        Assert.True(end.Exit == 0, end.Error);
        Assert.Equal(
            [
                "AZURE_APP_RESOURCE_GROUP=rg",
                "AZURE_FUNCTION_APP_NAME=func",
                "REKEY_APP_PRINCIPAL_ID=id",
                "REKEY_URL=https://rekey.example",
                "REKEY_EVIDENCE_ACCOUNT=evid",
                """REKEY_DECLARATION={"a":"b c"}""",
            ],
            end.Output.TrimEnd().Split('\n')
        );
    }

    /// <summary>One output that is not there, and none is printed: the text "null" would pass for a name everywhere behind.</summary>
    [Theory]
    [InlineData("\"value\":\"rg\"", "\"value\":null")]
    [InlineData("\"value\":\"rg\"", "\"value\":\"\"")]
    [InlineData("\"value\":\"func\"", "\"value\":{}")]
    [InlineData("\"value\":\"evid\"", "\"value\":\"evid\\nPATH=/tmp\"")]
    [InlineData("\"REKEY_URL\"", "\"REKEY_URI\"")]
    public async Task A_missing_output_is_refused_and_nothing_is_printed(string from, string to)
    {
        var outputs = AzureScript.Outputs("AZURE_APP_RESOURCE_GROUP");
        Assert.Contains(from, outputs, StringComparison.Ordinal);
        var end = await RunAsync("outputs.sh", outputs.Replace(from, to, StringComparison.Ordinal), ["prod"]);
        Assert.NotEqual(0, end.Exit);
        Assert.Equal("", end.Output);
        Assert.Contains("is missing", end.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Whether_evidence_is_to_be_locked_is_an_output_too(string locks)
    {
        var outputs = AzureScript
            .Outputs("AZURE_APP_RESOURCE_GROUP")
            .Replace(
                "\"REKEY_URL\"",
                $"\"rekeY_LOCK_EVIDENCE\":{{\"type\":\"Bool\",\"value\":{locks}}},\"REKEY_URL\"",
                StringComparison.Ordinal
            );
        var end = await RunAsync("outputs.sh", outputs, ["prod"]);
        Assert.True(end.Exit == 0, end.Error);
        Assert.EndsWith($"REKEY_LOCK_EVIDENCE={locks}\n", end.Output, StringComparison.Ordinal);
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
        var end = await PackAsync([.. OfTheHost, "Rekey.Functions", "local.settings.json"]);
        Assert.True(end.Exit == 0, end.Error);
        Assert.StartsWith(
            "publish src/Rekey.Functions --configuration Release --output ",
            Assert.Single(end.Asked),
            StringComparison.Ordinal
        );
        Assert.Contains(" --runtime linux-x64 --no-self-contained -p:PublishReadyToRun=true", end.Asked[0], StringComparison.Ordinal);
        using var package = await ZipFile.OpenReadAsync(Path.Combine(_bench.Folder, "rekey.zip"), Cancel);
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
        var end = await PackAsync([.. OfTheHost.Where(f => !f.StartsWith(missing, StringComparison.Ordinal))]);
        Assert.Equal(1, end.Exit);
        Assert.Contains($"was published without {missing}. ", end.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_bench.Folder, "rekey.zip")));
    }

    [Fact]
    public async Task What_scripts_read_is_what_a_deployment_says()
    {
        var outputs = JsonNode.Parse(await ReadAsync("infra/prod.snapshot.json"))!["outputs"]!
            .AsObject()
            .Select(o => o.Key)
            .ToHashSet(StringComparer.Ordinal);
        var printed = Printed()
            .Matches(await ReadAsync("infra/outputs.sh"))
            .Select(m => m.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string>(["REKEY_URL", "REKEY_DECLARATION"], StringComparer.Ordinal), printed);

        // REKEY_LOCK_EVIDENCE may be missing: evidence is locked then.
        Assert.Empty(printed.Except(outputs, StringComparer.Ordinal).Except(["REKEY_LOCK_EVIDENCE"], StringComparer.Ordinal));
        foreach (var script in (string[])["infra/complete.sh", "infra/publish.sh"])
        {
            var read = Needed().Matches(await ReadAsync(script)).Select(m => m.Groups["name"].Value).ToList();
            Assert.True(read.Count > 2, script);
            Assert.Empty(read.Except(printed, StringComparer.Ordinal).Except(["AZURE_SUBSCRIPTION_ID"], StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task What_parameter_files_read_from_the_environment_is_set_where_it_is_deployed()
    {
        var read = Environment()
            .Matches(await ReadAsync("infra/prod.bicepparam") + await ReadAsync("infra/dev.bicepparam"))
            .Select(m => m.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        string[] known = ["REKEY_GRAPH_CLIENT_STATE", "REKEY_NOTIFICATION_SECRETS", "REKEY_EVIDENCE_LOCKED"];
        Assert.All(known, name => Assert.Contains(name, read));
        var workflow = await ReadAsync(".github/workflows/deploy.yml") + await ReadAsync("infra/stack.sh");
        var manual = await ReadAsync("infra/README.md");
        Assert.All(read, name => Assert.Contains(name, workflow, StringComparison.Ordinal));
        Assert.All(read, name => Assert.Contains(name, manual, StringComparison.Ordinal));
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
        Assert.Contains("infra/stack.sh what-if \"$ENVIRONMENT\"", deploy, StringComparison.Ordinal);
        Assert.Contains("run: bash .ci/run", await ReadAsync(".github/workflows/ci.yml"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_has_its_run_bit()
    {
        var scripts = Directory.GetFiles(Bicep.Infra, "*.sh");
        Assert.True(scripts.Length >= 7, "the scripts were not found");
        Assert.All(scripts, s => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(s).HasFlag(UnixFileMode.UserExecute), s));
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Z_]+):\?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Needed();

    [GeneratedRegex("\"(?<name>(AZURE|REKEY)_[A-Z_]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Printed();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>[A-Z_]+)'", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Environment();

    [GeneratedRegex(@"secrets\.(?<name>[A-Z_]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Secrets();

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(Bicep.Repository, file), Cancel);

    /// <summary>Packs with a .NET CLI that publishes these files.</summary>
    private Task<ScriptResult> PackAsync(string[] files) =>
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
            [],
            ("REKEY_PACKAGE_FOLDER", _bench.Folder)
        );

    private Task<ScriptResult> RunAsync(
        string script,
        string az,
        string[]? arguments = null,
        params (string Name, string Value)[] environment
    ) => RunWithAsync("az", script, az, arguments ?? [], environment);

    private Task<ScriptResult> RunWithAsync(
        string tool,
        string script,
        string does,
        string[] arguments,
        params (string Name, string Value)[] environment
    )
    {
        var all = AzureScript.Environment.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in environment)
        {
            all[name] = value;
        }

        return _bench.RunAsync(script, tool, does, all, arguments);
    }
}
