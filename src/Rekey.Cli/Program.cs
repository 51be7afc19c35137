using Rekey.Cli.Commands;

return await RekeyRun.OfAsync(args);
