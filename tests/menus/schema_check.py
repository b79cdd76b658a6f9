"""Holds the scripts that ship, and the README's whole ones, against menus/menu.schema.json."""
import json, pathlib, re, sys
import jsonschema, yaml

root = pathlib.Path(__file__).parents[2]
schema = json.loads((root / "menus/menu.schema.json").read_text())
jsonschema.Draft7Validator.check_schema(schema)
scripts = {str(f): f.read_text() for f in [*root.glob("menus/scripts/[!t]*.yaml"), *root.glob("menus/scripts/examples/*.yaml"),
                                           root / "scripts/demo/georgia-2013/menu.yaml"]}
for n, example in enumerate(re.findall(r"```yaml\n# menu\n(.*?)```", (root / "menus/README.md").read_text(), re.S)):
    scripts[f"menus/README.md, example {n + 1}"] = example
wrong = [f"{name}: {'/'.join(map(str, e.path))}: {e.message}" for name, text in scripts.items()
         for e in jsonschema.Draft7Validator(schema).iter_errors(yaml.safe_load(text))]
print(*wrong, sep="\n")
# What no script may have must be refused, or the schema says nothing.
misspelt = yaml.safe_load(next(iter(scripts.values()))) | {"screns": {}}
accepted = jsonschema.Draft7Validator(schema).is_valid(misspelt)
sys.exit(bool(wrong) or accepted or len(scripts) < 5)
