using System.Text.Json.Nodes;

namespace Rekey.Infra.Tests.Templates;

/// <summary>What must be there before what, on a first deployment too: read from the compiled templates.</summary>
public sealed class DeploymentOrderTests
{
    [Fact]
    public async Task Event_Grid_has_its_rights_before_it_delivers()
    {
        var delivery = await ResourcesAsync("modules/event-delivery.bicep");
        Assert.Equal(["containerAssignments", "queueAssignments"], After(delivery, "userChanges"));
    }

    /// <summary>The identity is known when the topic is, and a right stands on a queue that is there.</summary>
    [Fact]
    public async Task Events_are_delivered_into_what_is_there_by_an_identity_that_is_known() =>
        Assert.Equal(["appGroup", "events", "storage"], After(await ResourcesAsync("main.bicep"), "eventDelivery"));

    /// <summary>The host ends when a trigger's queue refuses it.</summary>
    [Fact]
    public async Task The_app_has_its_rights_before_it_starts()
    {
        var main = await ResourcesAsync("main.bicep");
        Assert.Empty(
            new[] { "appAccess", "vaultAccess", "workspaceAccess", "clientState" }.Except(
                After(main, "functionApp"),
                StringComparer.Ordinal
            )
        );
        Assert.Empty(new[] { "storage", "roles" }.Except(After(main, "appAccess"), StringComparer.Ordinal));
    }

    private static IEnumerable<string> After(JsonObject resources, string name) =>
        resources[name]!["dependsOn"]!.AsArray().Select(d => d!.GetValue<string>()).Order(StringComparer.Ordinal);

    private static async Task<JsonObject> ResourcesAsync(string file)
    {
        var (exit, output) = await Bicep.RunAsync("build", Path.Combine(Bicep.Infra, file), "--stdout");
        Assert.True(exit == 0, output);
        return JsonNode.Parse(output)!["resources"]!.AsObject();
    }
}
