using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Rekey.Local.Identity;

namespace Rekey.Local.Graph;

/// <summary>
/// users/delta and the list of deleted users. Tokens are opaque. A page may repeat a change that came before, and has a user twice who
/// changed twice.
/// </summary>
internal sealed class DeltaEndpoints(
    LocalDirectory directory,
    Func<HttpContext, string, string, Func<Caller, JsonNode>, Task> answer,
    Func<string> root
)
{
    private const string ReadUsers = "User.Read.All";
    private const int PageSize = 100;
    private int _generation;

    /// <summary>Lets every token that was given so far expire.</summary>
    public void Expire() => Interlocked.Increment(ref _generation);

    public void Map(WebApplication app)
    {
        app.MapGet("/v1.0/users/delta", http => answer(http, GraphServer.GetUsersDelta, "", caller =>
            {
                Authorize(caller);
                return Delta(http);
            }));
        app.MapGet("/v1.0/directory/deletedItems/microsoft.graph.user", http => answer(http, GraphServer.GetDeletedItems, "", caller =>
            {
                Authorize(caller);
                return Deleted(http);
            }));
    }

    private static void Authorize(Caller caller)
    {
        if (!caller.Roles.Contains(ReadUsers))
        {
            throw new GraphException(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
        }
    }

    private JsonObject Delta(HttpContext http)
    {
        var query = http.Request.Query;
        var changes = directory.Changes;
        var token = (query["$deltatoken"].ToString(), query["$skiptoken"].ToString()) switch
        {
            ("", "") => new Token("all", _generation, changes.Count, 0, query["$select"].ToString()),
            ("latest", "") => new Token("changes", _generation, changes.Count, 0, query["$select"].ToString()),
            var (delta, skip) => Open(http, delta.Length > 0 ? delta : skip),
        };
        var fields =
            token.Select.Length == 0
                ? GraphUser.DefaultFields
                : token.Select.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var minimal = http.Request.Headers["Prefer"].ToString().Contains("return=minimal", StringComparison.Ordinal);
        if (minimal)
        {
            http.Response.Headers["Preference-Applied"] = "return=minimal";
        }

        // With anything new, the change before comes again.
        List<JsonObject> rows =
            token.Kind == "all" ? [.. directory.All.Where(u => u.DeletedDateTime is null).Select(u => Row(u, fields, only: null))]
            : token.Since >= changes.Count ? []
            : [.. changes.Skip(Math.Max(0, token.Since - 1)).Select(c => Row(c, fields, minimal))];
        var page = new JsonObject
        {
            ["@odata.context"] = $"{Audiences.Graph}/v1.0/$metadata#users({string.Join(',', fields)})",
            ["value"] = new JsonArray([.. rows.Skip(token.Skip).Take(PageSize)]),
        };
        if (rows.Count > token.Skip + PageSize)
        {
            page["@odata.nextLink"] = Link("$skiptoken", token with { Skip = token.Skip + PageSize });
        }
        else
        {
            var since = token.Kind == "all" ? token.Since : changes.Count;
            page["@odata.deltaLink"] = Link("$deltatoken", new("changes", _generation, since, 0, token.Select));
        }

        return page;
    }

    private JsonObject Row(UserChange change, IReadOnlyList<string> fields, bool minimal) =>
        directory.Find(change.Id) is { } user ? Row(user, fields, minimal && !change.IsRestored ? Changed(change) : null)
        : directory.FindDeleted(change.Id) is not null ? Removed(change.Id, "changed")
        : Removed(change.Id, "deleted");

    private static IReadOnlyList<string> Changed(UserChange change) => change.EnabledChanged ? ["id", "accountEnabled"] : ["id"];

    private static JsonObject Removed(string id, string reason) =>
        new()
        {
            ["id"] = id,
            ["@removed"] = new JsonObject { ["reason"] = reason },
        };

    private static JsonObject Row(GraphUser user, IReadOnlyList<string> fields, IReadOnlyList<string>? only)
    {
        var row = new JsonObject();
        foreach (var field in fields.Append("id").Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (only?.Contains(field, StringComparer.OrdinalIgnoreCase) is not false)
            {
                row[field] = user.TryGet(field, out var value)
                    ? value
                    : throw new GraphException(
                        400,
                        "BadRequest",
                        $"Could not find a property named '{field}' on type 'microsoft.graph.user'."
                    );
            }
        }

        return row;
    }

    private JsonObject Deleted(HttpContext http)
    {
        var skip = int.TryParse(http.Request.Query["$skiptoken"], CultureInfo.InvariantCulture, out var given) ? given : 0;
        var all = directory.All.Where(u => u.DeletedDateTime is not null).ToList();
        var page = new JsonObject
        {
            ["@odata.context"] = $"{Audiences.Graph}/v1.0/$metadata#users(id)",
            ["value"] = new JsonArray([.. all.Skip(skip).Take(PageSize).Select(u => new JsonObject { ["id"] = u.Id })]),
        };
        if (all.Count > skip + PageSize)
        {
            page["@odata.nextLink"] = $"{root()}/v1.0/directory/deletedItems/microsoft.graph.user?$select=id&$skiptoken={skip + PageSize}";
        }

        return page;
    }

    private string Link(string name, Token token) =>
        $"{root()}/v1.0/users/delta?{name}={System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token.ToText()))}";

    private Token Open(HttpContext http, string text)
    {
        Token? token = null;
        try
        {
            token = Token.Of(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(text)));
        }
        catch (FormatException)
        {
            // Not a token of this directory.
        }

        if (token is null)
        {
            throw new GraphException(400, "Request_BadRequest", "The token is not valid.");
        }

        if (token.Generation != _generation)
        {
            http.Response.Headers.Location = $"{root()}/v1.0/users/delta?$deltatoken=";
            throw new GraphException(410, "resyncRequired", "The token has expired. Read all users again.");
        }

        return token;
    }

    private sealed record Token(string Kind, int Generation, int Since, int Skip, string Select)
    {
        public static Token? Of(string text) =>
            text.Split('|') is [var kind, var generation, var since, var skip, var select]
                ? new(
                    kind,
                    int.Parse(generation, CultureInfo.InvariantCulture),
                    int.Parse(since, CultureInfo.InvariantCulture),
                    int.Parse(skip, CultureInfo.InvariantCulture),
                    select
                )
                : null;

        public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Kind}|{Generation}|{Since}|{Skip}|{Select}");
    }
}
