namespace Rekey.Infra.Tests;

/// <summary>Either head of the app is deployed by the same templates.</summary>
public sealed class RuntimeTests
{
    [Theory]
    [InlineData("", "custom 1.0")]
    [InlineData("param runtime = 'custom'", "custom 1.0")]
    [InlineData("param runtime = 'dotnet-isolated'", "dotnet-isolated 10.0")]
    public async Task The_app_has_the_runtime_of_its_head_and_every_promise_holds(string parameter, string runtime)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync("prod.bicepparam", "param location", $"{parameter}\nparam location");
        var (exit, output) = await copy.EvaluateAsync("prod");
        Assert.True(exit == 0, output);
        var estate = await copy.EstateAsync("prod");
        var site = estate.Only("Microsoft.Web/sites");
        Assert.Equal(runtime, $"{site.Text("properties.functionAppConfig.runtime.name")} {site.Text("properties.functionAppConfig.runtime.version")}");
        Assert.Empty(Promises.Broken(estate, production: true, rbac: true));

        // Flex Consumption takes it from there, and refuses a setting that says it too.
        Assert.DoesNotContain("FUNCTIONS_WORKER_RUNTIME", estate.Settings.Keys);
    }
}
