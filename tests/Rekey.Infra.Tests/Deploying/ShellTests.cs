using Rekey.Infra.Tests.Templates;
using YamlDotNet.RepresentationModel;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>No workflow, hook or script goes on after an error.</summary>
public sealed class ShellTests
{
    [Fact]
    public void The_blocks_are_found() =>
        Assert.All((string[])["Package", "What would change", "Deploy the stack", "Complete", "preprovision", "prepackage"], name =>
            Assert.Contains(Workflows.Steps, s => s.Name == name)
        );

    /// <summary>GitHub runs a block without a named shell by <c>bash -e</c>, and one with <c>shell: bash</c> by
    /// <c>bash -eo pipefail</c>.</summary>
    [Fact]
    public void Every_workflow_names_bash_so_that_a_pipe_fails_with_its_first_command()
    {
        Assert.All(Workflows.Files, file => Assert.Equal("bash", Workflows.Text(Workflows.Read(file), "defaults", "run", "shell")));
        Assert.All(Workflows.Steps.Where(s => s.File != "azure.yaml"), s => Assert.Equal("bash", s.Shell));
    }

    [Fact]
    public void No_step_may_fail_unseen() =>
        Assert.All(Workflows.Files.SelectMany(f => Workflows.StepsOf(Workflows.Read(f))), s =>
            Assert.False(s.Step.Children.ContainsKey(new YamlScalarNode("continue-on-error")), Workflows.Text(s.Step, "name"))
        );

    [Fact]
    public void No_block_goes_on_after_an_error()
    {
        Assert.Empty(Workflows.Steps.SelectMany(s => ShellRules.Broken(s.Run).Select(b => $"{s.File}, {s.Name}: {b}")));

        // azd runs a hook by the shell that it names, as it is: a block of more than one line must end at an error by itself.
        Assert.All(Workflows.Steps.Where(s => s.File == "azure.yaml" && s.Run.TrimEnd().Contains('\n', StringComparison.Ordinal)), s =>
            Assert.StartsWith("set -eu\n", s.Run, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void No_script_goes_on_after_an_error()
    {
        foreach (var script in Directory.GetFiles(Bicep.Infra, "*.sh"))
        {
            var text = File.ReadAllText(script);
            Assert.Contains("\nset -euo pipefail\n", text, StringComparison.Ordinal);
            Assert.Empty(ShellRules.Broken(text).Select(b => $"{Path.GetFileName(script)}: {b}"));
        }
    }

    [Theory]
    [InlineData("export A=\"$(infra/evidence-locked.sh dev)\"")]
    [InlineData("export A=$(az account show)")]
    [InlineData("readonly A=$(az account show)")]
    [InlineData("azd env set A \"$(infra/evidence-locked.sh dev)\"")]
    [InlineData("[ -n \"$(az account show)\" ]")]
    [InlineData("read -r a <<<\"$(az account show)\"")]
    [InlineData("diff <(az account show) known")]
    [InlineData("az account show || true")]
    [InlineData("az account show 2>/dev/null")]
    [InlineData("echo ${{ inputs.environment }}")]
    public void What_hides_an_error_is_seen(string command) => Assert.NotEmpty(ShellRules.Broken(command));

    [Theory]
    [InlineData("locked=$(infra/evidence-locked.sh dev)")]
    [InlineData("  hash=$(printf '%s' \"$A\" | sha256sum | cut -d ' ' -f 1)")]
    [InlineData("cd \"$(dirname \"$0\")/..\"")]
    [InlineData("az account show | tee shown.txt")]
    public void What_hides_none_is_not(string command) => Assert.Empty(ShellRules.Broken(command));

    /// <summary>The outputs come from one script, which refuses one that is missing. The last step says what a template cannot.</summary>
    [Fact]
    public void A_deployment_reads_outputs_by_the_script_and_ends_with_the_doctor()
    {
        var writes = Workflows.Steps.SelectMany(s => s.Run.Split('\n')).Where(l => l.Contains("GITHUB_ENV", StringComparison.Ordinal));
        Assert.Equal("infra/outputs.sh \"$ENVIRONMENT\" >> \"$GITHUB_ENV\"", Assert.Single(writes).Trim());
        var deploy = Workflows.StepsOf(Workflows.Read(".github/workflows/deploy.yml")).Where(s => s.Job == "deploy").ToList();
        Assert.Equal(
            "dotnet run --project src/Rekey.Cli -- doctor --server \"$REKEY_URL\" --subscription \"$AZURE_SUBSCRIPTION_ID\" --environment "
                + "\"$ENVIRONMENT\"",
            Workflows.Text(deploy[^1].Step, "run")
        );
        Assert.Equal("infra/complete.sh", Workflows.Text(deploy[^2].Step, "run"));
        Assert.Equal("infra/publish.sh", Workflows.Text(deploy[^3].Step, "run"));
    }
}
