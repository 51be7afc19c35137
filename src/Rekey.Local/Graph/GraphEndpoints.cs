using System.Text.Json.Nodes;
using Rekey.Local.Faults;
using Rekey.Local.Graph.Subscriptions;
using Rekey.Local.Identity;
using Rekey.Local.Tls;

namespace Rekey.Local.Graph;

/// <summary>Reading one user, there or deleted, and everything else behind the same door.</summary>
internal sealed class GraphEndpoints(
    IdentityServer identity,
    LocalDirectory directory,
    LocalPrincipals principals,
    LocalSubscriptions subscriptions,
    FaultInjector faults,
    TimeProvider timeProvider,
    Func<string> root
)
{
    private const string ReadUsers = "User.Read.All";
    private const string RevokeSessions = "User.RevokeSessions.All";
    private const string ReadLeaveDate = "User-LifeCycleInfo.Read.All";
    private const string LeaveDate = "employeeLeaveDateTime";

    public DeltaEndpoints Delta => field ??= new(directory, OkAsync, root);

    public void Map(WebApplication app)
    {
        new PrincipalEndpoints(principals, OkAsync, root).Map(app);
        new SubscriptionEndpoints(subscriptions, AnswerAsync, timeProvider).Map(app);
        Delta.Map(app);
        app.MapGet("/v1.0/users/{id}", http => AnswerAsync(http, GraphServer.GetUser, directory.Find, deleted: false));
        app.MapPost("/v1.0/users/{id}/revokeSignInSessions", RevokeAsync);
        app.MapGet("/v1.0/directory/deletedItems/{id}", http =>
            AnswerAsync(http, GraphServer.GetDeletedItem, directory.FindDeleted, deleted: true)
        );
        app.MapGet("/v1.0/directory/deletedItems/{id}/microsoft.graph.user", http =>
            AnswerAsync(http, GraphServer.GetDeletedItem, directory.FindDeleted, deleted: true)
        );
    }

    private Task RevokeAsync(HttpContext http)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        return OkAsync(http, GraphServer.RevokeSessions, id, caller =>
        {
            // A permission that reads or writes users is not enough for an application.
            if (!caller.Roles.Contains(RevokeSessions))
            {
                throw new GraphException(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
            }

            var user = directory.Find(id) ?? throw GraphException.NotFound(id);
            directory.Change(user.Id, u => u with { SignInSessionsValidFromDateTime = timeProvider.GetUtcNow() });
            return new JsonObject { ["@odata.context"] = $"{Audiences.Graph}/v1.0/$metadata#Edm.Boolean", ["value"] = true };
        });
    }

    private Task AnswerAsync(HttpContext http, string operation, Func<string, GraphUser?> find, bool deleted)
    {
        var id = (string)http.Request.RouteValues["id"]!;
        return AnswerAsync(http, operation, id, 200, caller =>
        {
            var select = http.Request.Query["$select"].ToString();
            var fields =
                select.Length == 0
                    ? GraphUser.DefaultFields
                    : select.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Authorize(caller, fields);
            return Select(find(id) ?? throw GraphException.NotFound(id), fields, select, deleted);
        });
    }

    private Task OkAsync(HttpContext http, string operation, string target, Func<Caller, JsonNode> work) =>
        AnswerAsync(http, operation, target, 200, work);

    private async Task AnswerAsync(HttpContext http, string operation, string target, int status, Func<Caller, JsonNode?> work)
    {
        var requestId = Guid.NewGuid().ToString();
        var clientRequestId = http.Request.Headers["client-request-id"].ToString() is { Length: > 0 } given ? given : requestId;
        http.Response.Headers["request-id"] = requestId;
        http.Response.Headers["client-request-id"] = clientRequestId;
        try
        {
            var caller = await AuthenticateAsync(http);
            if (await faults.StrikeAsync(FaultMoment.Before, operation, target, http.RequestAborted))
            {
                http.Abort();
                return;
            }

            var body = work(caller);
            if (await faults.StrikeAsync(FaultMoment.After, operation, target, http.RequestAborted))
            {
                http.Abort();
                return;
            }

            http.Response.Headers["OData-Version"] = "4.0";
            await Wire.WriteAsync(
                http.Response,
                status,
                body,
                "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
            );
        }
        catch (InjectedFailureException e)
        {
            await RefuseAsync(GraphException.Injected(e.Failure));
        }
        catch (GraphException e)
        {
            await RefuseAsync(e);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort(); // the caller has gone
        }

        async Task RefuseAsync(GraphException refusal)
        {
            if (refusal.RetryAfter is { } wait)
            {
                http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString();
            }

            await Wire.WriteAsync(
                http.Response,
                refusal.Status,
                refusal.ToBody(timeProvider.GetUtcNow(), requestId, clientRequestId),
                "application/json"
            );
        }
    }

    private static void Authorize(Caller caller, IReadOnlyList<string> fields)
    {
        var needsLeaveDate = fields.Contains(LeaveDate, StringComparer.OrdinalIgnoreCase);
        if (!caller.Roles.Contains(ReadUsers) || (needsLeaveDate && !caller.Roles.Contains(ReadLeaveDate)))
        {
            throw new GraphException(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
        }
    }

    private static JsonObject Select(GraphUser user, IReadOnlyList<string> fields, string select, bool deleted)
    {
        var shape =
            deleted ? "directoryObjects"
            : select.Length == 0 ? "users"
            : $"users({string.Join(',', fields)})";
        var body = new JsonObject { ["@odata.context"] = $"{Audiences.Graph}/v1.0/$metadata#{shape}/$entity" };
        if (deleted)
        {
            body["@odata.type"] = "#microsoft.graph.user";
        }

        foreach (var field in fields)
        {
            if (!user.TryGet(field, out var value))
            {
                throw new GraphException(
                    400,
                    "BadRequest",
                    $"Parsing OData Select and Expand failed: Could not find a property named '{field}' on type 'microsoft.graph.user'."
                );
            }

            body[field] = value;
        }

        return body;
    }

    private async Task<Caller> AuthenticateAsync(HttpContext http)
    {
        var verdict = await identity.Validator.ValidateHeaderAsync(http.Request.Headers.Authorization, Audiences.Graph);
        if (verdict.Caller is not null)
        {
            return verdict.Caller;
        }

        http.Response.Headers.WWWAuthenticate =
            $"Bearer realm=\"\", authorization_uri=\"{identity.TenantAuthority}/oauth2/v2.0/authorize\", "
            + "client_id=\"00000003-0000-0000-c000-000000000000\"";
        throw new GraphException(
            401,
            "InvalidAuthenticationToken",
            verdict.Flaw switch
            {
                TokenFlaw.Missing => "Access token is empty.",
                TokenFlaw.WrongAudience => "Access token validation failure. Invalid audience.",
                TokenFlaw.Expired => "Lifetime validation failed, the token is expired.",
                _ => "Access token validation failure. Signature is invalid.",
            }
        );
    }
}
