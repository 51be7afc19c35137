using System.Globalization;
using System.Text.Json.Nodes;
using Rekey.Local.Identity;
using Rekey.Local.Tls;

namespace Rekey.Local.Graph;

/// <summary>Members, owners and kinds of principals.</summary>
internal sealed class PrincipalEndpoints(
    LocalPrincipals principals,
    Func<HttpContext, string, string, Func<Caller, JsonNode>, Task> answer,
    Func<string> root
)
{
    private const string ReadMembers = "GroupMember.Read.All";
    private const string ReadApplications = "Application.Read.All";
    private const string Objects = $"{Audiences.Graph}/v1.0/$metadata#directoryObjects";
    private const int UsualPage = 100;
    private const int MostIds = 1_000;

    public void Map(WebApplication app)
    {
        app.MapGet("/v1.0/groups/{id}/transitiveMembers", http =>
            AnswerAsync(http, GraphServer.GetMembers, ReadMembers, id => List(http, principals.TransitiveMembers(Group(id))))
        );
        app.MapGet("/v1.0/groups/{id}/members", http =>
            AnswerAsync(http, GraphServer.GetMembers, ReadMembers, id => List(http, Group(id).Members))
        );
        app.MapGet("/v1.0/groups/{id}/owners", http =>
            AnswerAsync(http, GraphServer.GetOwners, ReadMembers, id => List(http, Group(id).Owners))
        );
        app.MapGet("/v1.0/servicePrincipals/{id}", http =>
            AnswerAsync(http, GraphServer.GetServicePrincipal, ReadApplications, id => Entity(http, Principal(id)))
        );
        app.MapGet("/v1.0/servicePrincipals/{id}/owners", http =>
            AnswerAsync(http, GraphServer.GetOwners, ReadApplications, id => List(http, Principal(id).Owners))
        );
        app.MapGet("/v1.0/servicePrincipals(appId='{id}')", http =>
            AnswerAsync(http, GraphServer.GetServicePrincipal, ReadApplications, id =>
                Entity(http, principals.FindByApp(id) ?? throw GraphException.NotFound(id))
            )
        );
        app.MapGet("/v1.0/applications(appId='{id}')/owners", http =>
            AnswerAsync(http, GraphServer.GetOwners, ReadApplications, id =>
                List(http, (principals.FindByApp(id) ?? throw GraphException.NotFound(id)).ApplicationOwners)
            )
        );
        app.MapPost("/v1.0/directoryObjects/getByIds", async http =>
        {
            http.Response.Headers.Location = Audiences.Graph;
            var ids = (await Wire.ReadObjectAsync(http.Request))?["ids"] is JsonArray { Count: > 0 and <= MostIds } given
                ? given.Select(i => i!.GetValue<string>()).ToList()
                : null;
            await AnswerAsync(http, GraphServer.GetByIds, ReadMembers, _ => new JsonObject
            {
                ["@odata.context"] = Objects,
                ["value"] = new JsonArray([.. (ids ?? throw TooFewOrMany).Select(i => principals.Object(i, "")).OfType<JsonObject>()]),
            });
        });
    }

    private Task AnswerAsync(HttpContext http, string operation, string permission, Func<string, JsonNode> work)
    {
        var id = http.Request.RouteValues["id"] as string ?? "";
        return answer(http, operation, id, caller =>
            caller.Roles.Contains(permission)
                ? work(id)
                : throw new GraphException(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        );
    }

    private static GraphException TooFewOrMany => new(400, "Request_BadRequest", $"Between 1 and {MostIds} ids are needed.");

    private GraphGroup Group(string id) => principals.FindGroup(id) ?? throw GraphException.NotFound(id);

    private GraphServicePrincipal Principal(string id) => principals.FindServicePrincipal(id) ?? throw GraphException.NotFound(id);

    private static JsonObject Entity(HttpContext http, GraphServicePrincipal principal)
    {
        var select = http.Request.Query["$select"].ToString();
        var context = $"{Audiences.Graph}/v1.0/$metadata#servicePrincipals{(select.Length == 0 ? "" : $"({select})")}/$entity";
        return GraphMembers.Selected(GraphMembers.Of(principal), select, ("@odata.context", context));
    }

    /// <summary>Objects that are gone are left out.</summary>
    private JsonObject List(HttpContext http, IReadOnlyList<string> ids)
    {
        var size = int.TryParse(http.Request.Query["$top"], CultureInfo.InvariantCulture, out var top)
            ? Math.Clamp(top, 1, 999)
            : UsualPage;
        var from = int.TryParse(http.Request.Query["$skiptoken"], CultureInfo.InvariantCulture, out var skip) ? skip : 0;
        var select = http.Request.Query["$select"].ToString();
        var body = new JsonObject { ["@odata.context"] = Objects };
        if (ids.Count > from + size)
        {
            var selected = select.Length == 0 ? "" : $"$select={Uri.EscapeDataString(select)}&";
            body["@odata.nextLink"] = $"{root()}{http.Request.Path}?{selected}$top={size}&$skiptoken={from + size}";
        }

        body["value"] = new JsonArray([.. ids.Skip(from).Take(size).Select(i => principals.Object(i, select)).OfType<JsonObject>()]);
        return body;
    }
}
