using Rekey.Infra.Tests.Templates;

namespace Rekey.Infra.Tests.Estates;

/// <summary>Who has left is signed out by an identity that can do nothing else.</summary>
public sealed class CutOffIdentityTests
{
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("variants/dev-standard")]
    [InlineData("variants/prod-access-policies")]
    public async Task It_is_an_identity_of_the_app_without_any_right_in_Azure(string name)
    {
        var estate = await PredictedEstate.OfAsync(name);
        var identity = Assert.Single(estate.Of("Microsoft.ManagedIdentity/userAssignedIdentities"), i =>
            i.Name == $"{estate.Identity}-cut-off"
        );
        Assert.Equal(ArmExpression.MadeUp(identity.Name, "clientId"), estate.Settings["Rekey__Departures__CutOffClientId"]);
        Assert.Contains(estate.Only("Microsoft.Web/sites")["identity.userAssignedIdentities"]!.AsObject(), i =>
            i.Key.EndsWith($"/{identity.Name}", StringComparison.Ordinal)
        );
        var principal = ArmExpression.MadeUp(identity.Name, "principalId");
        Assert.DoesNotContain(
            estate.Resources.Where(r => r.Type is not ("Microsoft.ManagedIdentity/userAssignedIdentities" or "Microsoft.Web/sites")),
            r => r.Body.ToJsonString().Contains(principal, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(principal, estate.Declaration.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_smallest_size_has_none() =>
        Assert.DoesNotContain("Rekey__Departures__CutOffClientId", (await PredictedEstate.OfAsync("variants/dev-observe")).Settings.Keys);
}
