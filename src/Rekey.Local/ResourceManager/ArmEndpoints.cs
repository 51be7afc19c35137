using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.Faults;
using Rekey.Local.Identity;
using Rekey.Local.Tls;

namespace Rekey.Local.ResourceManager;

/// <summary>Answers the management plane's requests: the token is checked, then the caller's own roles, then the work is done.</summary>
internal sealed class ArmEndpoints(
    IdentityServer identity,
    ArmEstate estate,
    FaultInjector faults,
    ResourceManagerOptions options,
    Func<string> root
)
{
    public void Map(WebApplication app) => app.Run(AnswerAsync);

    private async Task AnswerAsync(HttpContext http)
    {
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        try
        {
            var verdict = await identity.Validator.ValidateHeaderAsync(http.Request.Headers.Authorization, Audiences.ResourceManager);
            if (verdict.Caller is not { } caller)
            {
                http.Response.Headers.WWWAuthenticate = $"Bearer authorization_uri=\"{identity.TenantAuthority}\", error=\"invalid_token\"";
                throw new ArmException(
                    401,
                    verdict.Flaw is TokenFlaw.Missing ? "AuthenticationFailed"
                        : verdict.Flaw is TokenFlaw.Expired ? "ExpiredAuthenticationToken"
                        : "InvalidAuthenticationToken",
                    "The access token is missing or invalid."
                );
            }

            if (http.Request.Query["api-version"].ToString().Length == 0)
            {
                throw new ArmException(
                    400,
                    "MissingApiVersionParameter",
                    "The api-version query parameter (?api-version=) is required for all requests."
                );
            }

            var call = ArmCall.Of(http.Request.Method, http.Request.Path.Value!.TrimEnd('/'))
                ?? throw new ArmException(404, "InvalidResourceType", $"The resource type of '{http.Request.Path}' could not be found.");
            if (await faults.StrikeAsync(FaultMoment.Before, call.Operation, call.Name, http.RequestAborted))
            {
                http.Abort();
                return;
            }

            // Resource Graph shows each caller only what they may read.
            if (
                call.Kind != "resources"
                && !estate.MayDo(
                    caller.ObjectId,
                    call.Action,
                    call.Scope,
                    call is { Method: "DELETE", Kind: "roleAssignments" } ? call.Path : null
                )
            )
            {
                throw ArmException.Forbidden(caller.ObjectId, call.Action, call.Scope);
            }

            var (status, body) = await WorkAsync(http, call, caller);
            if (await faults.StrikeAsync(FaultMoment.After, call.Operation, call.Name, http.RequestAborted))
            {
                http.Abort();
                return;
            }

            await Wire.WriteAsync(http.Response, status, body);
        }
        catch (InjectedFailureException e)
        {
            await RefuseAsync(http, ArmException.Injected(e.Failure));
        }
        catch (ArmException e)
        {
            await RefuseAsync(http, e);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort(); // the caller has gone
        }
    }

    private async Task<(int Status, JsonNode? Body)> WorkAsync(HttpContext http, ArmCall call, Caller caller) =>
        (call.Method, call.Kind, call.Name) switch
        {
            ("GET", "roleAssignments", null) => Page(
                http,
                ListAssignments(call.Scope, http.Request.Query["$filter"].ToString()).Select(a => ArmBodies.Assignment(a, call.Scope))
            ),
            ("GET", "roleAssignments", { } name) => (
                200,
                ArmBodies.Assignment(
                    estate.Assignments.FirstOrDefault(a => Same(a.Scope, call.Scope) && Same(a.Name, name))
                        ?? throw new ArmException(404, "RoleAssignmentNotFound", $"The role assignment '{name}' is not found."),
                    call.Scope
                )
            ),
            ("PUT", "roleAssignments", { } name) => await AssignAsync(http, call.Scope, name, caller),
            ("DELETE", "roleAssignments", { }) => estate.Remove(call.Path) is { } removed
                ? (200, ArmBodies.DeletedAssignment(removed, options.Time.GetUtcNow()))
                : (204, null),
            ("GET", "roleDefinitions", null) => Page(
                http,
                RolesNamed(http.Request.Query["$filter"].ToString()).Select(r => ArmBodies.Role(r, call.Scope))
            ),
            ("GET", "roleDefinitions", { } name) => (
                200,
                ArmBodies.Role(
                    estate.FindRole(name)
                        ?? throw new ArmException(
                            404,
                            "RoleDefinitionDoesNotExist",
                            $"The specified role definition with ID '{name}' does not exist."
                        ),
                    call.Scope
                )
            ),
            ("GET", "roleEligibilityScheduleInstances", null) => Page(
                http,
                estate.Eligibilities.Where(e => Concerns(e.Scope, call.Scope)).Select(ArmBodies.Eligible)
            ),
            ("GET", "roleAssignmentScheduleInstances", null) => Page(
                http,
                estate.Assignments.Where(a => Concerns(a.Scope, call.Scope)).Select(ArmBodies.Active)
            ),
            ("GET", "partnerTopics" or "scheduledQueryRules" or "metricAlerts" or "activityLogAlerts" or "policyAssignments", null) => Page(
                http,
                estate.SwitchesOf(call.Path).Select(s => ArmBodies.Switch(call.Path, s.Name, s.Property, s.Value))
            ),
            ("GET", "diagnosticSettings", null) => Page(
                http,
                VaultAt(call.Scope).Facts.Diagnostics.Select(d => ArmBodies.Diagnostics(d, call.Scope))
            ),
            ("GET", "vaults", { }) => (200, ArmBodies.Vault(VaultAt(call.Scope).Facts, identity.TenantId)),
            ("GET", "vaults/keys", null) => Page(
                http,
                VaultAt(call.Scope).Server.StoredKeys.Select(k => ArmBodies.Key(k, call.Scope, isListed: true))
            ),
            ("GET", "vaults/keys", { }) => (200, ArmBodies.Key(KeyAt(call), call.Scope, isListed: false)),
            ("GET", "vaults/keys/versions", null) => Page(
                http,
                KeyAt(call).Versions.Select(v => ArmBodies.KeyVersion(KeyAt(call), v, call.Scope, isListed: true))
            ),
            ("GET", "vaults/keys/versions", { } name) => (
                200,
                ArmBodies.KeyVersion(
                    KeyAt(call),
                    KeyAt(call).Find(name) ?? throw ArmException.NotFound(call.Path),
                    call.Scope,
                    isListed: false
                )
            ),
            ("GET", "workspaces/tables", { } name) => (
                200,
                new JsonObject
                {
                    ["id"] = call.Path,
                    ["name"] = name,
                    ["properties"] = new JsonObject
                    {
                        ["retentionInDays"] = 90,
                        ["totalRetentionInDays"] = estate.FindTable(call.Path) ?? throw ArmException.NotFound(call.Path),
                    },
                }
            ),
            ("GET", "userAssignedIdentities/federatedIdentityCredentials", null) => Page(
                http,
                estate
                    .FederatedOf(call.Scope)
                    .Select(f => f.Split('|'))
                    .Select(f => new JsonObject
                    {
                        ["name"] = "fic",
                        ["properties"] = new JsonObject { ["issuer"] = f[0], ["subject"] = f[1] },
                    })
            ),
            ("POST", "resources", null) => await GraphQueryAsync(http, caller),
            _ => throw new ArmException(405, "MethodNotAllowed", $"{call.Method} is not supported here."),
        };

    private IEnumerable<ArmAssignment> ListAssignments(string scope, string filter)
    {
        var all = estate.Assignments.Where(a => Concerns(a.Scope, scope));
        foreach (var part in filter.Split(" and ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var value = part.Split('\'') is [_, var quoted, _] ? quoted : "";
            all = part switch
            {
                "atScope()" => all.Where(a => ArmEstate.IsAtOrAbove(a.Scope, scope)),
                _ when part.StartsWith("principalId eq ", StringComparison.Ordinal) => all.Where(a => Same(a.PrincipalId, value)),
                _ when part.StartsWith("assignedTo(", StringComparison.Ordinal) => all.Where(a =>
                    Same(a.PrincipalId, value) || options.IsMember(a.PrincipalId, value)
                ),
                _ => throw new ArmException(400, "InvalidFilter", $"The filter '{part}' is not supported."),
            };
        }

        return all;
    }

    private async Task<(int Status, JsonNode? Body)> AssignAsync(HttpContext http, string scope, string name, Caller caller)
    {
        var properties = (await Wire.ReadObjectAsync(http.Request))?["properties"] as JsonObject;
        if (
            !Guid.TryParse(name, out _)
            || properties?["principalId"]?.GetValue<string>() is not { } principal
            || properties["roleDefinitionId"]?.GetValue<string>() is not { } role
        )
        {
            throw new ArmException(
                400,
                "InvalidRequestContent",
                "A role assignment has a GUID for a name, a principalId and a roleDefinitionId."
            );
        }

        var roleId = role[(role.LastIndexOf('/') + 1)..];
        _ = estate.FindRole(roleId)
            ?? throw new ArmException(
                400,
                "RoleDefinitionDoesNotExist",
                $"The specified role definition with ID '{roleId}' does not exist."
            );
        var assignment = new ArmAssignment(
            name,
            scope,
            roleId,
            principal,
            properties["principalType"]?.GetValue<string>() ?? "User",
            options.Time.GetUtcNow(),
            caller.ObjectId
        );
        return estate.TryAdd(assignment)
            ? (201, ArmBodies.NewAssignment(assignment))
            : throw new ArmException(
                409,
                "RoleAssignmentExists",
                "The role assignment already exists. The ID of the existing role assignment is "
                    + $"{Guid.Parse(estate.Like(assignment).Name):N}."
            );
    }

    /// <summary>Gives all roles, or those of one name.</summary>
    private IEnumerable<ArmRole> RolesNamed(string filter) =>
        filter.Length == 0 ? estate.Roles
        : filter.Split('\'') is ["roleName eq ", var name, ""] ? estate.Roles.Where(r => Same(r.Name, name))
        : throw new ArmException(400, "InvalidFilter", $"The filter '{filter}' is not supported.");

    /// <summary>Answers the one query about the workloads of an identity.</summary>
    private async Task<(int Status, JsonNode? Body)> GraphQueryAsync(HttpContext http, Caller caller)
    {
        var query = (await Wire.ReadObjectAsync(http.Request))?["query"]?.GetValue<string>() ?? "";
        if (query.Split("contains '\"") is not [_, var rest] || rest.Split("\"'") is not [var identityId, _])
        {
            throw new ArmException(400, "BadRequest", "The query is not one that the stand-in understands.");
        }

        var rows = estate
            .CarriersOf(identityId)
            .Where(c => estate.MayDo(caller.ObjectId, $"{c.Split('/')[^3]}/{c.Split('/')[^2]}/read", c))
            .Select(c => (JsonNode)new JsonObject { ["id"] = c })
            .ToList();
        return (
            200,
            new JsonObject
            {
                ["totalRecords"] = rows.Count,
                ["count"] = rows.Count,
                ["data"] = new JsonArray([.. rows]),
                ["facets"] = new JsonArray(),
                ["resultTruncated"] = "false",
            }
        );
    }

    private (int Status, JsonNode? Body) Page(HttpContext http, IEnumerable<JsonObject> items)
    {
        var from = int.TryParse(http.Request.Query["$skipToken"], CultureInfo.InvariantCulture, out var skip) ? skip : 0;
        var page = items.Skip(from).Take(options.PageSize + 1).ToList();
        var body = new JsonObject { ["value"] = new JsonArray([.. page.Take(options.PageSize)]) };
        if (page.Count > options.PageSize)
        {
            body["nextLink"] =
                $"{root()}{http.Request.Path}?api-version={http.Request.Query["api-version"]}"
                + $"&$skipToken={from + options.PageSize}{Filter(http)}";
        }

        return (200, body);
    }

    private static string Filter(HttpContext http) =>
        http.Request.Query["$filter"].ToString() is { Length: > 0 } filter ? $"&$filter={Uri.EscapeDataString(filter)}" : "";

    private (ArmVault Facts, Rekey.Local.KeyVault.Server.KeyVaultServer Server) VaultAt(string id) =>
        estate.FindVault(id) ?? throw ArmException.NotFound(id);

    private Rekey.Local.KeyVault.Keys.StoredKey KeyAt(ArmCall call) =>
        VaultAt(call.Scope).Server.StoredKeys.FirstOrDefault(k => Same(k.Name, call.Parent ?? call.Name ?? ""))
        ?? throw ArmException.NotFound(call.Path);

    private static bool Concerns(string scope, string resource) =>
        ArmEstate.IsAtOrAbove(scope, resource) || scope.StartsWith($"{resource}/", StringComparison.OrdinalIgnoreCase);

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext http, ArmException refusal)
    {
        if (refusal.IsGateways)
        {
            http.Response.Headers["x-ms-failure-cause"] = "gateway";
        }

        if (refusal.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return Wire.WriteAsync(http.Response, refusal.Status, refusal.ToBody());
    }
}
