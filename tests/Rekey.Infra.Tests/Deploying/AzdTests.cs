using System.Text.Json.Nodes;
using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Deploying;

/// <summary>azd's file: it finds the group to deploy to, and publishes the package that the workflow publishes.</summary>
public sealed class AzdTests
{
    /// <summary>More than one group has the environment's tag. azd stops there, unless it is given a name.</summary>
    [Fact]
    public async Task It_is_given_the_group_of_the_app_by_an_output()
    {
        var named = Workflows.Text(Workflows.Read("azure.yaml"), "services", "rekey", "resourceGroup");
        Assert.Matches(@"^\$\{[A-Z_]+\}$", named);
        var snapshot = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(Bicep.Infra, "dev.snapshot.json"), TestContext.Current.CancellationToken)
        )!;
        Assert.Equal("rg-rekey-dev", snapshot["outputs"]![named[2..^1]]!.GetValue<string>());
    }

    /// <summary>azd's own way would publish files for every platform. Where the project's folder is the repository, each reading of a
    /// relative path is the same.</summary>
    [Fact]
    public void It_publishes_what_the_script_packs()
    {
        var service = Workflows.Node(Workflows.Read("azure.yaml"), "services", "rekey")!;
        Assert.Equal("custom", Workflows.Text(service, "language"));
        Assert.Equal("function", Workflows.Text(service, "host"));
        Assert.Equal(".", Workflows.Text(service, "project"));
        Assert.Equal("artifacts/app", Workflows.Text(service, "dist"));
        Assert.Equal("infra/package.sh", Workflows.Text(service, "hooks", "prepackage", "run"));
    }

    /// <summary>Stacks are in the schema that is not released yet: an editor marks the file with the other.</summary>
    [Fact]
    public async Task It_names_the_schema_that_knows_stacks()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Bicep.Repository, "azure.yaml"), TestContext.Current.CancellationToken);
        Assert.Contains("deploymentStacks:", text, StringComparison.Ordinal);
        Assert.Contains("/schemas/alpha/azure.yaml.json", text, StringComparison.Ordinal);
    }
}
