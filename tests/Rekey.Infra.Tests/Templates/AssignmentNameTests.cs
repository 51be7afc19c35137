namespace Rekey.Infra.Tests.Templates;

/// <summary>Azure refuses to hand a role assignment over to another principal: one name is one principal, whatever place it has in a list
/// (RoleAssignmentUpdateNotPermitted).</summary>
public sealed class AssignmentNameTests
{
    private const string First = "'00000000-0000-4000-8000-0000000a0002'";
    private const string Second = "'00000000-0000-4000-8000-0000000a0012'";

    [Theory]
    [InlineData($"{First}, {Second}", $"{Second}, {First}")]
    [InlineData($"{First}, {Second}", Second)]
    public async Task A_name_of_a_gateways_assignment_is_one_principals(string before, string after) =>
        await OneNameIsOnePrincipalAsync(
            $"gatewayPrincipalIds: [{First}]",
            $"gatewayPrincipalIds: [{before}]",
            $"gatewayPrincipalIds: [{after}]"
        );

    [Theory]
    [InlineData(
        "signerPrincipalIds: ['00000000-0000-4000-8000-0000000a0001']",
        "signerPrincipalIds: ['00000000-0000-4000-8000-0000000a0001', '00000000-0000-4000-8000-0000000a0021']",
        "signerPrincipalIds: ['00000000-0000-4000-8000-0000000a0021']"
    )]
    [InlineData(
        "breakGlassGroupId: '00000000-0000-4000-8000-0000000b0001'",
        "breakGlassGroupId: '00000000-0000-4000-8000-0000000b0001'",
        "breakGlassGroupId: '00000000-0000-4000-8000-0000000b0002'"
    )]
    [InlineData("partnerTopicName: 'pt-rekey-users'", "partnerTopicName: 'pt-rekey-users'", "partnerTopicName: 'pt-rekey-again'")]
    public async Task So_is_that_of_whoever_else_the_parameters_name(string from, string before, string after) =>
        await OneNameIsOnePrincipalAsync(from, before, after);

    private static async Task OneNameIsOnePrincipalAsync(string from, string before, string after)
    {
        var (one, other) = (await AssignmentsAsync(from, before), await AssignmentsAsync(from, after));
        Assert.True(one.Count > 15, "the assignments were not found");
        Assert.All(one.Keys.Intersect(other.Keys, StringComparer.Ordinal), name => Assert.Equal(one[name], other[name]));

        // And whoever stays keeps theirs: nothing is made twice.
        Assert.DoesNotContain(one, a => other.ContainsValue(a.Value) && !other.ContainsKey(a.Key));
    }

    /// <summary>By id, to whom what is given.</summary>
    private static async Task<Dictionary<string, string>> AssignmentsAsync(string from, string to)
    {
        using var copy = new InfraCopy();
        await copy.ChangeAsync(
            from.Contains("partnerTopic", StringComparison.Ordinal) ? "variants/prod-events.bicepparam" : "prod.bicepparam",
            from,
            to
        );
        var (exit, output) = await copy.EvaluateAsync("variants/prod-events");
        Assert.True(exit == 0, output);
        var estate = await copy.EstateAsync("variants/prod-events");
        return estate
            .Of("Microsoft.Authorization/roleAssignments")
            .Concat(estate.Of("Microsoft.Authorization/roleEligibilityScheduleRequests"))
            .ToDictionary(
                a => a.Id,
                a => $"{a.On} {a.Text("properties.principalId")} {a.Text("properties.roleDefinitionId")}",
                StringComparer.Ordinal
            );
    }
}
