using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.Tls;

namespace Rekey.Local.Graph;

/// <summary>Members, owners and kinds of principals.</summary>
internal sealed class PrincipalEndpoints(GraphPrincipals principals, Func<HttpContext, string, string, Func<Caller, JsonNode>, Task> answer, Func<string> root)
{
    private const string ReadMembers = "GroupMember.Read.All";
    private const string ReadApplications = "Application.Read.All";
    private const int UsualPage = 100;
    private const int MostIds = 1_000;

    public void Map(WebApplication app)
    {
        app.MapGet("/v1.0/groups/{id}/transitiveMembers", http => AnswerAsync(http, GraphServer.GetMembers, ReadMembers, id => List(http, principals.TransitiveMembers(Group(id)))));
        app.MapGet("/v1.0/groups/{id}/owners", http => AnswerAsync(http, GraphServer.GetOwners, ReadMembers, id => List(http, Group(id).Owners)));
        app.MapGet("/v1.0/servicePrincipals/{id}", http => AnswerAsync(http, GraphServer.GetServicePrincipal, ReadApplications, id => Principal(id).ToJson()));
        app.MapGet("/v1.0/servicePrincipals/{id}/owners", http => AnswerAsync(http, GraphServer.GetOwners, ReadApplications, id => List(http, Principal(id).Owners)));
        app.MapGet("/v1.0/applications(appId='{id}')/owners", http => AnswerAsync(http, GraphServer.GetOwners, ReadApplications,
            id => List(http, (principals.FindByApp(id) ?? throw GraphException.NotFound(id)).ApplicationOwners)));
        app.MapPost("/v1.0/directoryObjects/getByIds", async http =>
        {
            var ids = (await Wire.ReadObjectAsync(http.Request))?["ids"] is JsonArray { Count: > 0 and <= MostIds } given ? given.Select(i => i!.GetValue<string>()).ToList() : null;
            await AnswerAsync(http, GraphServer.GetByIds, ReadMembers, _ => new JsonObject
            {
                ["value"] = new JsonArray([.. (ids ?? throw new GraphException(400, "Request_BadRequest", $"Between 1 and {MostIds} ids are needed.")).Select(principals.Object).OfType<JsonObject>()]),
            });
        });
    }

    private Task AnswerAsync(HttpContext http, string operation, string permission, Func<string, JsonNode> work)
    {
        var id = http.Request.RouteValues["id"] as string ?? "";
        return answer(http, operation, id, caller => caller.Roles.Contains(permission) ? work(id) : throw new GraphException(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."));
    }

    private GraphGroup Group(string id) => principals.FindGroup(id) ?? throw GraphException.NotFound(id);

    private GraphServicePrincipal Principal(string id) => principals.FindServicePrincipal(id) ?? throw GraphException.NotFound(id);

    /// <summary>Objects that are gone are left out.</summary>
    private JsonObject List(HttpContext http, IReadOnlyList<string> ids)
    {
        var size = int.TryParse(http.Request.Query["$top"], CultureInfo.InvariantCulture, out var top) ? Math.Clamp(top, 1, 999) : UsualPage;
        var from = int.TryParse(http.Request.Query["$skiptoken"], CultureInfo.InvariantCulture, out var skip) ? skip : 0;
        var body = new JsonObject { ["@odata.context"] = $"{Audiences.Graph}/v1.0/$metadata#directoryObjects", ["value"] = new JsonArray([.. ids.Skip(from).Take(size).Select(principals.Object).OfType<JsonObject>()]) };
        if (ids.Count > from + size)
        {
            body["@odata.nextLink"] = $"{root()}{http.Request.Path}?$top={size}&$skiptoken={from + size}";
        }

        return body;
    }
}
