/* Stand-ins for sysfs: a list of names under kobjects, and what open, read and write of an
 * attribute come to. Removing a directory waits for those who are inside one of its attributes. */
#include "target/linux/kernel/environment.h"

struct gf_node {
  struct list_head list;
  struct kobject* directory;
  const struct attribute* attribute; /* NULL: a link */
  char name[40];
};
static LIST_HEAD(nodes);
struct kobject* gf_type_owner;

static bool same(const char* a, const char* b) {
  for (; *a != '\0' && *a == *b; ++a, ++b) continue;
  return *a == *b;
}

static struct gf_node* find(struct kobject* directory, const char* name) {
  struct gf_node* node;
  gf_host->order(&nodes);
  list_for_each_entry(node, &nodes, list) {
    if (node->directory == directory && same(node->name, name)) return node;
  }
  return NULL;
}

static __always_inline int add(struct kobject* directory, const char* name,
                               const struct attribute* attribute) {
  if (gf_host->allocation_fails()) return -ENOMEM;
  if (find(directory, name) != NULL) return -EEXIST;
  struct gf_node* node = gf_zalloc(sizeof(*node));
  node->directory = directory;
  node->attribute = attribute;
  for (int i = 0; name[i] != '\0' && i + 1 < sizeof(node->name); ++i) node->name[i] = name[i];
  list_add_tail(&node->list, &nodes);
  if (attribute != NULL && same(name, "type")) gf_type_owner = directory;
  gf_host->order(&nodes);
  return 0;
}

static void drop(struct gf_node* node) {
  /* The group of a device that came back may be there before the one it left is gone. */
  const bool type = node->attribute != NULL && same(node->name, "type");
  if (type && gf_type_owner == node->directory) gf_type_owner = NULL;
  list_del(&node->list);
  gf_host->free(node);
  gf_host->order(&nodes);
}

static void remove(struct kobject* directory, const char* name) {
  struct gf_node* node = find(directory, name);
  if (node != NULL) drop(node);
}

static bool has_attributes(struct kobject* directory) {
  struct gf_node* node;
  list_for_each_entry(node, &nodes, list) {
    if (node->directory == directory && node->attribute != NULL) return true;
  }
  return false;
}

/* Nobody comes in from the moment the names are gone. */
static void remove_all(struct kobject* directory) {
  struct gf_node *node, *next;
  gf_host->order(&nodes);
  const bool drains = has_attributes(directory);
  list_for_each_entry_safe(node, next, &nodes, list) {
    if (node->directory == directory) drop(node);
  }
  if (!drains) return;
  gf_host->begin_drain();
  gf_host->end_drain();
}

STAND_IN(int, sysfs_create_file_ns, struct kobject* directory, const struct attribute* attribute,
         const void* ns) {
  return add(directory, attribute->name, attribute);
}
STAND_IN(void, sysfs_remove_file_ns, struct kobject* directory, const struct attribute* attribute,
         const void* ns) {
  remove(directory, attribute->name);
}
STAND_IN(int, sysfs_create_link, struct kobject* directory, struct kobject* target,
         const char* name) {
  return add(directory, name, NULL);
}
STAND_IN(int, sysfs_create_link_nowarn, struct kobject* directory, struct kobject* target,
         const char* name) {
  return add(directory, name, NULL);
}
STAND_IN(void, sysfs_remove_link, struct kobject* directory, const char* name) {
  remove(directory, name);
}
STAND_IN(int, sysfs_create_dir_ns, struct kobject* directory, const void* ns) {
  return gf_host->allocation_fails() ? -ENOMEM : 0;
}
STAND_IN(void, sysfs_remove_dir, struct kobject* directory) { remove_all(directory); }
STAND_IN(int, sysfs_create_groups, struct kobject* directory, const void* groups) { return 0; }
STAND_IN(void, sysfs_remove_groups, struct kobject* directory, const void* groups) {}
STAND_IN(void, kernfs_get, void* node) {}
STAND_IN(void, kernfs_put, void* node) {}
STAND_IN(int, kobject_uevent, struct kobject* kobj, int action) { return 0; }
STAND_IN(int, kobject_uevent_env, struct kobject* kobj, int action, char** environment) {
  return 0;
}

static const struct attribute* type_attribute(void) {
  return find(gf_type_owner, "type")->attribute;
}

long gf_type_store(const char* text, size_t count) {
  struct kobject* owner = gf_type_owner;
  struct attribute* attribute = (struct attribute*)type_attribute();
  return owner->ktype->sysfs_ops->store(owner, attribute, text, count);
}
long gf_type_show(char* page) {
  struct kobject* owner = gf_type_owner;
  struct attribute* attribute = (struct attribute*)type_attribute();
  return owner->ktype->sysfs_ops->show(owner, attribute, page);
}
